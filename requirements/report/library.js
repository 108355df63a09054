// What the report's page uses of its libraries, as one script that defines `lib`; see build.mjs.
export * as Plot from "@observablehq/plot";
export { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "d3-force";
export { feature } from "topojson-client";
export { default as land } from "world-atlas/land-110m.json";

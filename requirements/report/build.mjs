// Builds the library of the report's page from the packages in package-lock.json: `node build.mjs FOLDER`.
//
// It writes library.js, which is minified, and LICENSES.txt with the licence of each package in it.
// `npm ci --ignore-scripts` has installed the packages.

import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = process.argv[2];
mkdirSync(target, { recursive: true });
const { metafile } = await build({
  absWorkingDir: here,
  bundle: true,
  charset: "ascii",
  entryPoints: ["library.js"],
  format: "iife",
  globalName: "lib",
  legalComments: "none",
  metafile: true,
  minify: true,
  outfile: join(target, "library.js"),
  target: "es2022",
});

const packages = new Set();
for (const [path, { bytesInOutput }] of Object.entries(Object.values(metafile.outputs)[0].inputs)) {
  const found = /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path);
  if (found && bytesInOutput) packages.add(found[1]);
}
const texts = ["The packages in library.js, and their licences.\n"];
for (const name of [...packages].sort()) {
  const folder = join(here, "node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const files = readdirSync(folder).filter((file) => /^licen[cs]e/i.test(file));
  if (!files.length) throw new Error(`${name} has no licence file`);
  texts.push(`== ${name} ${version} (${license})\n\n${readFileSync(join(folder, files[0]), "utf8").trim()}\n`);
}
writeFileSync(join(target, "LICENSES.txt"), texts.join("\n"));

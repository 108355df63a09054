"""The report: one HTML file with plots of a lake; see docs/report.md."""

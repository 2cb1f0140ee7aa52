// Validates the GLB files named on the command line; writes one JSON object: file -> issues of the report.
const fs = require('fs');
const validator = require('gltf-validator');

async function main(files) {
  const reports = {};
  for (const file of files) {
    const report = await validator.validateBytes(new Uint8Array(fs.readFileSync(file)), { uri: file });
    reports[file] = report.issues;
  }
  process.stdout.write(JSON.stringify(reports));
}

main(process.argv.slice(2)).catch((problem) => { console.error(problem); process.exit(1); });

// Judges bills of materials by the schema that CycloneDX has published for the version they name.
"use strict";
const fs = require("fs");
const {Validation} = require("@cyclonedx/cyclonedx-library");

const faults = async file => {
	const text = fs.readFileSync(file, "utf8");
	return new Validation.JsonStrictValidator(JSON.parse(text).specVersion).validate(text);
};

(async () => {
	for (const file of process.argv.slice(2)) {
		const found = await faults(file);
		if (found !== null) {
			console.error(file, JSON.stringify(found, null, 1));
			process.exitCode = 1;
		}
	}
})();

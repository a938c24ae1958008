/** node agreement_node.js FOLDER: the disagreement of every case in it, as JSON. */
import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { disagreement } from "./agreement.js";

const found = {};
for (const name of readdirSync(process.argv[2]))
  found[name] = await disagreement(async (file) => {
    const { buffer, byteOffset, byteLength } = await readFile(`${process.argv[2]}/${name}/${file}`);
    return buffer.slice(byteOffset, byteOffset + byteLength);
  });
console.log(JSON.stringify(found));

// run.js ASSAY WORKFLOWS: exports every type with the program and holds it against its definition in tools of others.
// Then it breaks exports, to show that differences are found. Prints what differs and a summary.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { readDefinitions } from "./definition.js";
import { diagramDifferences, dotDiagram, mermaidDiagram } from "./diagrams.js";
import { machineDifferences, scxmlMachine, xstateMachine } from "./machines.js";

const [, , assay, workflows] = process.argv;
const definitions = readDefinitions(workflows);

/** How each format is read, and how that is compared. */
const formats = {
  xstate: [xstateMachine, machineDifferences],
  scxml: [scxmlMachine, machineDifferences],
  dot: [dotDiagram, diagramDifferences],
  mermaid: [mermaidDiagram, diagramDifferences],
};

const astray = "in recorded, withdraw leads to recorded, by the definition to withdrawn";
const lost = "in recorded, revise is not taken, by the definition it leads to recorded";
const unconditional = "in recorded, withdraw is taken although the condition withdraw is not met";
const undrawn = "recorded -> withdrawn: Withdraw [lead_auditor, auditor] if linked_all is not drawn";
const trio = "[lead_auditor, auditor, auditor_in_training]";

/** Of the type `observation`, what is right in an export, what is put there, and how what is then said begins. */
const broken = {
  xstate: [
    ['"initial": "unmade"', '"initial": "recorded"', "it begins in recorded, not in unmade"],
    ['"target": "withdrawn"', '"target": "recorded"', astray],
    ['"target": "withdrawn"', '"target": "nowhere"', "it does not run: "],
    ['"revise": {', '"revised": {', lost],
    ['"revise": {', '"revised": {', "in recorded, revised leads to recorded, the definition refuses it"],
    ['"type": "withdraw"', '"type": "revise"', unconditional],
    ['"type": "withdraw"', '"type": "revise"', "in recorded, withdraw asks for more than the condition withdraw"],
    ['"type": "withdraw"', '"type": "remove"', "it does not run: "],
    ['"type": "final"', '"type": "atomic"', "withdrawn is not final, other than in the definition"],
  ],
  scxml: [
    ['initial="unmade"', 'initial="recorded"', "it begins in recorded, not in unmade"],
    ['target="withdrawn"', 'target="recorded"', astray],
    ['target="withdrawn"', 'target="nowhere"', "it does not run: "],
    ['event="revise"', 'event="revised"', lost],
    ['event="revise"', 'event="revised"', "in recorded, revised leads to recorded, the definition refuses it"],
    ['cond="!unmet.withdraw"', "", unconditional],
    ["!unmet.withdraw", "!unmet.revise", "in recorded, withdraw asks for more than the condition withdraw"],
    ['<final id="withdrawn"', '<state id="withdrawn"', "withdrawn is not final, other than in the definition"],
    ["</scxml>", "", "it does not run: "],
  ],
  dot: [
    ['"recorded" -> "withdrawn"', '"recorded" -> "recorded"', undrawn],
    ["items_of", "items", `unmade -> recorded: Record in an audit ${trio} if linked_all, items_of is not drawn`],
    [", peripheries=2", "", "withdrawn is not drawn as final"],
    ["}\n", "\n", "it does not run: "],
  ],
  mermaid: [
    ["recorded --> withdrawn", "recorded --> recorded", undrawn],
    ["    Revise", "    Change", `recorded -> recorded: Revise ${trio} if linked_all, items_of is not drawn`],
    ["withdrawn --> [*]", "", "withdrawn is not drawn as final"],
    ["stateDiagram-v2", "stateDiagram-v2\n  state {", "it does not run: "],
  ],
};

/** Every type in every format, by TYPE.FORMAT. */
const exports = new Map();
const folder = mkdtempSync(join(tmpdir(), "assay-exports-"));
try {
  for (const format of Object.keys(formats)) {
    execFileSync(assay, ["workflow", "export", "--folder", folder, "--format", format]);
    for (const { type } of definitions) {
      const file = `${type}.${format}`;
      exports.set(file, readFileSync(join(folder, file), "utf8"));
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
const exported = (type, format) => exports.get(`${type}.${format}`);

/** What differs between the export and the definition; that it cannot be read is a difference, too. */
async function differences(text, format, definition) {
  const [read, compare] = formats[format];
  try {
    return compare(await read(text, definition), definition);
  } catch (error) {
    return [`it does not run: ${error.message ?? error}`];
  }
}

/** Holds one type against its definition in all formats; gives what differs, with type and tool. */
async function typeDifferences(definition) {
  const found = await Promise.all(
    Object.keys(formats).map(async (format) => {
      const different = await differences(exported(definition.type, format), format, definition);
      return different.map((what) => `${definition.type} (${format}): ${what}`);
    }),
  );
  return found.flat();
}

/** Breaks exports of the type; gives what was then not said. */
async function blindSpots(definition) {
  const missed = [];
  for (const [format, breaks] of Object.entries(broken)) {
    const sound = exported(definition.type, format);
    for (const [right, wrong, says] of breaks) {
      const text = sound.replace(right, wrong);
      const found = text === sound ? ["nothing was broken"] : await differences(text, format, definition);
      if (!found.some((what) => what.startsWith(says)))
        missed.push(`broken ${format}, ${wrong} for ${right}: "${says}" is missing in: ${found.join("; ")}`);
    }
  }
  return missed;
}

const problems = [];
for (const definition of definitions) problems.push(...(await typeDifferences(definition)));
problems.push(...(await blindSpots(definitions.find(({ type }) => type === "observation"))));
for (const problem of problems) console.log(problem);
const transitions = definitions.reduce((sum, definition) => sum + definition.transitions.length, 0);
console.log(
  `${definitions.length} types, ${transitions} transitions, in XState, SCION, Graphviz and Mermaid; ` +
    `${Object.values(broken).flat().length} broken exports; ${problems.length} problems`,
);
process.exitCode = definitions.length > 0 && problems.length === 0 ? 0 : 1;

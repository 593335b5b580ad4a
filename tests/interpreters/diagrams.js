// Exported diagrams as Graphviz and Mermaid read them, and what is drawn other than the definition says.
import { spawnSync } from "node:child_process";

import { JSDOM } from "jsdom";

import { unmade } from "./definition.js";

// Mermaid cleans labels with a library that wants a window, and looks for it when it is loaded.
globalThis.window = new JSDOM("").window;
const { default: mermaid } = await import("mermaid");

// A diagram is {edges: [{from, to, label}], ends: [state]}.

/** What `dot` has laid out. */
export function dotDiagram(text) {
  const { status, stdout, stderr, error } = spawnSync("dot", ["-Tjson0"], { input: text, encoding: "utf8" });
  if (error) throw error;
  if (status !== 0 || stderr) throw new Error(stderr);
  const { objects, edges } = JSON.parse(stdout);
  return {
    edges: edges.map(({ tail, head, label }) => ({ from: objects[tail].name, to: objects[head].name, label })),
    ends: objects.filter(({ peripheries }) => peripheries === "2").map(({ name }) => name),
  };
}

/** What Mermaid has parsed. A command that does not change the state stands in a note beside it. */
export async function mermaidDiagram(text) {
  await mermaid.parse(text);
  const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
  const relations = db.getRelations();
  const edges = relations
    .filter(({ id2 }) => id2 !== "root_end")
    .map(({ id1, id2, relationTitle: label }) => ({ from: id1 === "root_start" ? unmade : id1, to: id2, label }));
  const notes = [...db.getStates()].flatMap(([state, { note }]) => {
    const lines = (note?.text ?? "").split("\n").filter((line) => line.trim());
    return lines.map((label) => ({ from: state, to: state, label }));
  });
  return {
    edges: [...edges, ...notes],
    ends: relations.filter(({ id2 }) => id2 === "root_end").map(({ id1 }) => id1),
  };
}

/** What the one list has more often than the other. */
function surplus(list, other) {
  const left = [...other];
  return list.filter((each) => {
    const at = left.indexOf(each);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

// Mermaid reads these characters of a label as its own, so the export has spaces for them.
const written = ({ from, to, label }) => `${from} -> ${to}: ${label.replace(/[:;#"\n\r{}]/g, " ").trim()}`;

/** What is drawn other than the definition says, as sentences. */
export function diagramDifferences(diagram, { ends, transitions }) {
  const drawn = diagram.edges.map(written);
  const expected = transitions.map(written);
  return [
    ...surplus(expected, drawn).map((edge) => `${edge} is not drawn`),
    ...surplus(drawn, expected).map((edge) => `${edge} is drawn, and not in the definition`),
    ...surplus(ends, diagram.ends).map((state) => `${state} is not drawn as final`),
    ...surplus(diagram.ends, ends).map((state) => `${state} is drawn as final, and is not`),
  ];
}

// Exported machines in the interpreters of other people, XState and SCION, and the whole way through one of them.
import scion from "@scion-scxml/scxml";
import { createMachine, initialTransition, transition } from "xstate";

import { unmade } from "./definition.js";

// A machine is {events, initial, step}: the events that it names, where it begins, and what an event does from there on
// while some conditions are not met. Where it stands is {state, done, at}, with `at` for the interpreter alone.

/** A machine of XState 5; the conditions are provided by the names of the commands. */
export function xstateMachine(text, { commands }) {
  const config = JSON.parse(text);
  let unmet = [];
  const guards = Object.fromEntries(commands.map((name) => [name, () => !unmet.includes(name)]));
  const machine = createMachine(config).provide({ guards });
  const standing = (at) => ({ state: at.value, done: at.status === "done", at });
  return {
    events: Object.values(config.states).flatMap(({ on }) => Object.keys(on ?? {})),
    initial: standing(initialTransition(machine)[0]),
    step({ at }, type, conditions) {
      unmet = conditions;
      return { taken: at.can({ type }), ...standing(transition(machine, at, { type })[0]) };
    },
  };
}

/** A machine of SCION; conditions that are not met stand in its datamodel. */
export async function scxmlMachine(text, { type }) {
  const model = await new Promise((resolve, reject) => {
    scion.documentStringToModel(`${type}.scxml`, text, (error, made) => (error ? reject(error) : resolve(made)));
  });
  const prepared = await new Promise((resolve, reject) => {
    model.prepare((error, made) => (error ? reject(error) : resolve(made)));
  });
  const standing = (chart) => {
    return { state: chart.getConfiguration().join(), done: chart.isFinal(), at: chart.getSnapshot() };
  };
  const first = new scion.core.Statechart(prepared);
  first.start();
  return {
    events: [...text.matchAll(/ event="([^"]*)"/g)].map(([, event]) => event),
    initial: standing(first),
    step({ at: [states, history, final, data, queue] }, event, conditions) {
      const unmet = Object.fromEntries(conditions.map((name) => [name, true]));
      const snapshot = [states, history, final, { ...data, unmet }, queue];
      const chart = new scion.core.Statechart(prepared, { snapshot });
      let taken = false;
      chart.registerListener({ onTransition: () => (taken = true) });
      chart.gen({ name: event });
      return { ...standing(chart), taken };
    },
  };
}

/** Where an event has led to against what the definition says; `expected` is undefined where it refuses it. */
function differences(machine, standing, event, after, expected, commands) {
  const where = `in ${standing.state}, ${event}`;
  if (!expected) return after.taken ? [`${where} leads to ${after.state}, the definition refuses it`] : [];
  if (!after.taken) return [`${where} is not taken, by the definition it leads to ${expected.to}`];
  if (after.state !== expected.to) return [`${where} leads to ${after.state}, by the definition to ${expected.to}`];
  const found = [];
  if (machine.step(standing, event, [expected.command]).taken)
    found.push(`${where} is taken although the condition ${expected.command} is not met`);
  if (!machine.step(standing, event, commands.filter((name) => name !== expected.command)).taken)
    found.push(`${where} asks for more than the condition ${expected.command}`);
  return found;
}

/** Sends every event in every state that it comes to; gives what differs from the definition, as sentences. */
export function machineDifferences(machine, { states, ends, commands, transitions }) {
  const expected = new Map(transitions.map((each) => [`${each.from} ${each.event}`, each]));
  const events = new Set([...transitions.map(({ event }) => event), ...machine.events]);
  const found = machine.initial.state === unmade ? [] : [`it begins in ${machine.initial.state}, not in ${unmade}`];
  const reached = new Map([[machine.initial.state, machine.initial]]);
  for (const standing of reached.values()) {  // grows while it is walked through
    if (!states.includes(standing.state)) found.push(`the definition has no state ${standing.state}`);
    if (standing.done !== ends.includes(standing.state))
      found.push(`${standing.state} is ${standing.done ? "" : "not "}final, other than in the definition`);
    for (const event of events) {
      const after = machine.step(standing, event, []);
      found.push(...differences(machine, standing, event, after, expected.get(`${standing.state} ${event}`), commands));
      if (!reached.has(after.state)) reached.set(after.state, after);
    }
  }
  for (const state of states) if (!reached.has(state)) found.push(`no way leads to ${state}`);
  return found;
}

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ChatClient } from './chat-client.ts';
import type { ChatNode } from './chat-node.ts';
import { until } from './chat-node.ts';
import { contradictions, testimonyOf } from './chat-witness.ts';

/** One person per node, in all rooms, who talk without a pause until they are told to end. */
export interface Talk {
  /** Ends it when everything is acknowledged and read; answers what was wrong, in words, and which rooms were reset. */
  end(): Promise<{ problems: string[]; reset: Set<string> }>;
}

/** How long the last acknowledgements may take. */
const PATIENCE_MS = 25_000;

/** Starts to talk; resolves with the first acknowledgement in each room. */
export async function startTalk(nodes: ChatNode[], rooms: string[]): Promise<Talk> {
  const people = await Promise.all(nodes.map(({ port }, at) => ChatClient.open(port, `p${at}`)));
  for (const person of people) await Promise.all(rooms.map((room) => person.join(room)));
  const acknowledged = new Map<string, string>();
  const ending = new AbortController();

  // A client tries again with the same cid until it is answered `sent`.
  const say = async (person: ChatClient, room: string) => {
    const cid = randomUUID();
    for (;;) {
      person.send({ type: 'send', room, cid, text: cid });
      const answer = await person.answer(cid);
      if (answer.type === 'sent') break;
      await delay(20);
    }
    acknowledged.set(cid, room);
  };
  const talking = people.flatMap((person) =>
    rooms.map(async (room) => {
      while (!ending.signal.aborted) {
        await say(person, room);
        await delay(10);
      }
    }),
  );
  await until(() => new Set(acknowledged.values()).size === rooms.length);

  return {
    async end() {
      ending.abort();
      // What comes after everything else in each room.
      const answered = Promise.all(talking).then(() =>
        Promise.all(rooms.map((room) => say(people[0]!, room))),
      );
      const late = delay(PATIENCE_MS, 'late' as const, { ref: false });
      if ((await Promise.race([answered, late])) === 'late') {
        const last = people.map(({ frames }) => JSON.stringify(frames.slice(-3)));
        return { problems: [`not all is acknowledged: ${last.join()}`], reset: new Set() };
      }
      const knows = (person: ChatClient) => {
        const seen = new Set(rooms.flatMap((room) => person.messages(room).map(({ cid }) => cid)));
        return [...acknowledged.keys()].every((cid) => seen.has(cid));
      };
      const giveUp = performance.now() + 5000;
      await until(() => people.every(knows) || performance.now() > giveUp);

      const problems: string[] = [];
      const reset = new Set<string>();
      for (const room of rooms) {
        const told = people.map((person) => testimonyOf(person, room));
        problems.push(...told.flatMap((one) => one.problems), ...contradictions(room, told));
        for (const { kept, resets } of told) {
          if (resets.length > 0) reset.add(room);
          const times = new Map<string, number>();
          for (const cid of kept) times.set(cid, (times.get(cid) ?? 0) + 1);
          for (const [cid, of] of acknowledged) {
            if (of === room && times.get(cid) !== 1)
              problems.push(`${room}: ${cid} came ${times.get(cid) ?? 0} times`);
          }
        }
      }
      await Promise.all(people.map((person) => person.cut()));
      return { problems, reset };
    },
  };
}

// What emmett is asked to do: `node peer.mjs VERB OPTIONS`; the last line tells how it went (JSON).
import { readFileSync, readSync, openSync } from 'node:fs';
import { CommandHandler } from '@event-driven-io/emmett';
import { getSQLiteEventStore, sqliteConnection } from '@event-driven-io/emmett-sqlite';

const [verb, given] = process.argv.slice(2);
const options = JSON.parse(given);
const MOST = 1000; // events in one append: all of 10,000 are more variables than SQLite takes
const PAGE = 500; // events in one batch of a consumer
const NEW = { expectedStreamVersion: 'STREAM_DOES_NOT_EXIST' };
const FOLD = { initialState: () => ({ events: 0, last: null }), evolve: (s, e) => ({ events: s.events + 1, last: e.data.data }) };

const lines = readFileSync(options.file, 'utf8').split('\n').map((line) => JSON.parse(line));
const event = ({ data }) => ({ type: data.type, data });

const counter = process.env.MANDATE_BENCH_SYNCS;
const syncs = () => {
  if (!counter) return null;
  const found = Buffer.alloc(8);
  readSync(openSync(counter), found, 0, 8, 0);
  return Number(found.readBigInt64LE());
};

const open = () => getSQLiteEventStore({ fileName: options.database, schema: { autoMigration: 'CreateOrUpdate' } });

async function timed(work) {
  const laps = [];
  const before = syncs();
  const start = performance.now();
  const lap = async (one) => {
    const began = performance.now();
    const answer = await one();
    laps.push((performance.now() - began) / 1000);
    return answer;
  };
  await work(lap);
  const seconds = (performance.now() - start) / 1000;
  return { seconds, laps, fsyncs: before === null ? null : syncs() - before };
}

const verbs = {
  async append(store) {
    const groups = [];
    for (let at = 0; at < lines.length; at += options.batch) groups.push(lines.slice(at, at + options.batch));
    const run = await timed(async (lap) => {
      for (const group of groups) await lap(() => store.appendToStream(group[0].stream, group.map(event), NEW));
    });
    return { ...run, units: lines.length, rows: lines.length, commits: groups.length };
  },

  // Load, decide, append: the first event of a stream, then one more.
  async command(store) {
    const handle = CommandHandler(FOLD);
    const run = await timed(async (lap) => {
      for (const line of lines) await lap(() => handle(store, line.stream, () => [event(line)]));
    });
    return { ...run, units: lines.length, rows: lines.length, commits: lines.length };
  },

  async rehydrate(store) {
    const streams = await written(store);
    const times = options.times;
    const run = await timed(async (lap) => {
      for (let n = 0; n < times; n++) {
        const [stream, some] = [...streams][n % streams.size];
        const { state } = await lap(() => store.aggregateStream(stream, FOLD));
        if (state.events !== some.length) throw new Error(`${state.events} of ${some.length} were folded`);
      }
    });
    return { ...run, units: times * (lines.length / streams.size), rows: lines.length };
  },

  // Follow all events from the first, a transaction for each page, and merge each into its document.
  async project(store) {
    await written(store);
    const documents = sqliteConnection({ fileName: options.database });
    await documents.command('CREATE TABLE document (id TEXT PRIMARY KEY, body BLOB)');
    documents.close();
    let folded = 0;
    const consumer = store.consumer({ pulling: { batchSize: PAGE } });
    consumer.processor({
      processorId: 'ours',
      startFrom: 'BEGINNING',
      stopAfter: () => ++folded === lines.length,
      eachMessage: async ({ data, metadata }, { connection }) => {
        const id = metadata.streamName;
        const found = await connection.querySingle('SELECT body FROM document WHERE id = ?', [id]);
        const body = { ...(found ? JSON.parse(found.body) : {}), ...data.data };
        await connection.command('INSERT OR REPLACE INTO document VALUES (?, ?)', [id, JSON.stringify(body)]);
      },
    });
    const run = await timed(() => consumer.start());
    if (folded !== lines.length) throw new Error(`${folded} of ${lines.length} were folded`);
    return { ...run, units: lines.length, rows: lines.length };
  },
};

async function written(store) {
  const streams = Map.groupBy ? Map.groupBy(lines, (l) => l.stream) : grouped();
  for (const [stream, some] of streams)
    for (let at = 0; at < some.length; at += MOST)
      await store.appendToStream(stream, some.slice(at, at + MOST).map(event), at ? undefined : NEW);
  return streams;
}

function grouped() {
  const found = new Map();
  for (const line of lines) found.set(line.stream, [...(found.get(line.stream) ?? []), line]);
  return found;
}

const store = open();
const run = await verbs[verb](store);
const peak_mb = process.resourceUsage().maxRSS / 1000;
console.log(JSON.stringify({ ...run, peak_mb }));
process.exit(0);

/** Appends 40 lines of 1,000 bytes, ten at a time, to the file it is given, and tells what came of each. */

import { openAppender } from '../../dist/sinks/append.js';

const file = await openAppender(process.argv[2] ?? '');
const told = [];
for (let group = 0; group < 4; group += 1) {
  const lines = Array.from({ length: 10 }, (_, at) => `${String(group * 10 + at).padEnd(999, '.')}\n`);
  const settled = await Promise.allSettled(lines.map((line) => file.append(Buffer.from(line))));
  told.push(
    ...settled.map(({ status, value, reason }) => ({
      status,
      value,
      reason: reason && `${reason.name}: ${reason.message}`,
    })),
  );
}
await file.close();
process.stdout.write(JSON.stringify(told));

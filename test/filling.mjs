/** Fills a scratch file at the path it is given with blocks of 16 KB, and tells what came of it. */

import { Scratch } from '../dist/scratch.js';

const scratch = new Scratch(process.argv[2] ?? '');
const places = [];
let error = null;
while (error === null && places.length < 10) {
  try {
    places.push(scratch.append(new Uint8Array(16_384).fill(places.length + 1)));
  } catch (thrown) {
    error = `${thrown.name}: ${thrown.message}`;
  }
}
const held = places.map((place) => {
  const bytes = new Uint8Array(16_384);
  scratch.read(bytes, place);
  return bytes[16_383];
});
process.stdout.write(JSON.stringify({ taken: places.length, error, held }));

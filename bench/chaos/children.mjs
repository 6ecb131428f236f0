/** No process that the bench starts outlives it, however it is stopped. */

const alive = new Set();

process.on('exit', () => {
  for (const { child, signal } of alive) child.kill(signal);
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(2));

/** @param signal `SIGTERM` for one that has children of its own. */
export function endsWithUs(child, signal = 'SIGKILL') {
  const one = { child, signal };
  alive.add(one);
  child.once('exit', () => alive.delete(one));
  return child;
}

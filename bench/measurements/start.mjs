import { cli } from '../chaos/program.mjs';
import { atMost, shown } from '../figure.mjs';
import { measure } from '../processes.mjs';
import { inTurns } from '../turns.mjs';

/** How long a command takes that asks nobody. */
export const start = {
  name: 'start',
  tells: '`--version` and `--help` against `node -e 0`',
  defaults: { rounds: 21 },
  quick: { rounds: 1 },
  run: async ({ rounds, place }) => {
    const node = (...args) => measure(place, args);
    const { empty, version, help } = await inTurns(rounds, {
      empty: () => node('-e', '0'),
      version: () => node(cli, '--version'),
      help: () => node(cli, '--help'),
    });
    const row = (name, { wallMs, cpuMs }) => ({
      what: `\`threadmill ${name}\` against \`node -e 0\``,
      unit: '× its time',
      beside: `${shown(wallMs)} ms, ${shown(empty.wallMs)} ms; ${shown(cpuMs)} ms, ${shown(empty.cpuMs)} ms of processor`,
    });
    return [
      atMost(2.5, version.wallMs / empty.wallMs, row('--version', version)),
      atMost(2.5, help.wallMs / empty.wallMs, row('--help', help)),
    ];
  },
};

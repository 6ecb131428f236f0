/** Loaded into a measured process: tells what it used, to whoever reads its file descriptor 3, when it ends. */

import { readFileSync, writeSync } from 'node:fs';

process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const usage = { cpuMs: (userCPUTime + systemCPUTime) / 1000, peakMb: (peakKb() ?? maxRSS) / 1024 };
  writeSync(3, JSON.stringify(usage));
});

/** Linux' own figure for this program; `maxRSS` there also counts the process that started it. */
function peakKb() {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
  } catch {
    return undefined;
  }
}

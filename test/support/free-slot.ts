/** A slot that there is always room for. */

import type { Slot } from '../../src/contracts.ts';

export function freeSlot(): Slot {
  let isHeld = false;
  return {
    get isHeld() {
      return isHeld;
    },
    take: async () => {
      isHeld = true;
      return true;
    },
    free: () => {
      isHeld = false;
    },
  };
}

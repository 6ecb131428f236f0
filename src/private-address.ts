/** Addresses that lead to this machine, to the network it stands in, or to nobody. Pure. */

import { BlockList, isIP } from 'node:net';

/** IANA's special-purpose registries: what is not of the whole internet, metadata services of clouds among it. */
const v4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const;

/** 2001::/32 and 2002::/16 carry an address of version 4 where it is not looked for. */
const v6 = [
  ['fc00::', 7],
  ['fe80::', 9],
  ['ff00::', 8],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 32],
  ['2001:db8::', 32],
  ['2002::', 16],
] as const;

/** Behind these stands an address of version 4: mapped, compatible (with it `::` and `::1`), translated. */
const carriers = ['::ffff:', '::', '64:ff9b::'];

const privates = new BlockList();
for (const [net, bits] of v4) {
  privates.addSubnet(net, bits, 'ipv4');
  for (const carrier of carriers) privates.addSubnet(`${carrier}${net}`, 96 + bits, 'ipv6');
}
for (const [net, bits] of v6) privates.addSubnet(net, bits, 'ipv6');

/** @param address As a resolver gives it, or as `URL` writes it, without brackets. What is no address is none of ours. */
export function isPrivateAddress(address: string): boolean {
  const bare = address.replace(/%.*$/, '');
  const version = isIP(bare);
  return version !== 0 && privates.check(bare, version === 4 ? 'ipv4' : 'ipv6');
}

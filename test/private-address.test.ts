import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPrivateAddress } from '../src/private-address.ts';

const privates = [
  ...['127.0.0.1', '127.255.255.254', '0.0.0.0', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
  ...['169.254.169.254', '100.64.0.1', '100.127.255.255', '198.18.0.1', '224.0.0.1', '255.255.255.255'],
  ...['::', '::1', 'fc00::1', 'fd12:3456::1', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'ff02::1'],
  ...[
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:a9fe:a9fe',
    '::10.0.0.1',
    '64:ff9b::10.0.0.1',
    '2002:7f00:1::',
  ],
];

const publics = [
  ...['1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '128.0.0.1'],
  ...['172.15.255.255', '172.32.0.0', '169.253.0.1', '192.167.0.1', '2606:4700::1111', '2a00:1450::1'],
  ...['::ffff:8.8.8.8', '64:ff9b::8.8.8.8'],
];

describe('an address', () => {
  it.each(privates)('%s is private', (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  it.each(publics)('%s is not', (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  });

  it('is judged alike however version 6 carries it', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const is = isPrivateAddress(address);

        expect(isPrivateAddress(`::ffff:${address}`)).toBe(is);
        expect(isPrivateAddress(`64:ff9b::${address}`)).toBe(is);
      }),
    );
  });

  // What a URL may write, and `URL` reads.
  it.each([
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '127.1',
    '0x7f.1',
    '[::ffff:127.0.0.1]',
    '[0:0:0:0:0:0:0:1]',
  ])('written as %s is private', (host) => {
    const { hostname } = new URL(`https://${host}/`);

    expect(isPrivateAddress(hostname.replace(/^\[|\]$/g, ''))).toBe(true);
  });
});

import { expect, it } from 'vitest';
import { onePort, readPort, splitPort } from './split-port.ts';

it.each([
  ['10.96.0.10:80', '10.96.0.10', '80'],
  ['10.96.0.10:', '10.96.0.10', ''],
  ['[fd00::1]:80', 'fd00::1', '80'],
  ['[fd00::1]', 'fd00::1', null],
  ['fd00::1:80', 'fd00::1:80', null],
  ['10.96.0.10', '10.96.0.10', null],
  ['[10.0.0.1]:80', '[10.0.0.1]:80', null],
  ['w-1:80', 'w-1:80', null],
])('%s', (text, address, port) => expect(splitPort(text)).toEqual({ address, port }));

it('is one port, said once or twice alike', () => {
  expect([onePort(null, 80), onePort('80', undefined), onePort('80', 80)]).toEqual(Array(3).fill({ port: 80 }));
  expect(onePort('http', undefined)).toEqual({ message: "port must be a number from 0 to 65535: 'http'" });
  expect(onePort('65536', 1)).toEqual({ message: "port must be a number from 0 to 65535: '65536'" });
  expect(onePort('080', 80)).toEqual({
    message: "port must be a number from 0 to 65535 without leading zeros: '080'",
  });
  expect(onePort('80', 81)).toEqual({
    message: "port must be said once: '80' behind the address and 81 beside it",
  });
});

it('a port is a decimal number as it is written', () => {
  expect(['0', '80', '65535'].map((text) => readPort('port', text))).toEqual([0, 80, 65535].map((port) => ({ port })));
  for (const text of ['', '-1', '1.5', '0x50', '1e3', ' 80', '65536', '100000', '00', '0080']) {
    expect(readPort('sport', text)).toEqual({
      message: expect.stringMatching(/^sport must be a number from 0 to 65535/),
    });
  }
});

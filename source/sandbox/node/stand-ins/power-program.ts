import { type Call, complain } from './call.ts';

/** reboot(8), poweroff(8), halt(8) and shutdown(8), at once whatever time was asked for. */
export const power = (call: Call, powerChange: (kind: 'reboot' | 'poweroff') => void): number => {
  if (call.words.includes('--help')) return 0;
  if (call.user !== 0) {
    return complain(
      call,
      `Call to ${call.program === 'reboot' ? 'Reboot' : 'PowerOff'} failed: Interactive authentication required.`,
    );
  }
  if (call.program !== 'shutdown') {
    powerChange(call.program === 'reboot' ? 'reboot' : 'poweroff');
    return 0;
  }
  if (call.words.includes('-c')) return 0;
  powerChange(
    call.words.some((word) => /^-[a-zA-Z]*r|^--reboot$/.test(word)) ? 'reboot' : 'poweroff',
  );
  return 0;
};

/** What `%` stands for in a unit's settings (systemd.unit(5), "SPECIFIERS"). */
export const expandSpecifiers = (
  text: string,
  unit: {
    readonly id: string;
    readonly hostname: string;
    readonly machineId: string;
    readonly bootId: string;
  },
): string =>
  text.replace(/%([%a-zA-Z])/g, (whole, letter: string) => {
    const name = unit.id.slice(0, unit.id.lastIndexOf('.'));
    const [prefix = '', instance = ''] = name.split(/@(.*)/s);
    switch (letter) {
      case '%':
        return '%';
      case 'n':
        return unit.id;
      case 'N':
        return name;
      case 'p':
      case 'P':
        return prefix;
      case 'i':
        return instance;
      case 'I':
        return instance.replaceAll('-', '/');
      case 'j':
      case 'J':
        return prefix.slice(prefix.lastIndexOf('-') + 1);
      case 'H':
        return unit.hostname;
      case 'l':
        return unit.hostname.split('.')[0] ?? '';
      case 'm':
        return unit.machineId;
      case 'b':
        return unit.bootId;
      case 't':
        return '/run';
      case 'S':
        return '/var/lib';
      case 'C':
        return '/var/cache';
      case 'L':
        return '/var/log';
      case 'E':
        return '/etc';
      case 'T':
        return '/tmp';
      case 'V':
        return '/var/tmp';
      case 'h':
        return '/root';
      case 'u':
      case 'g':
        return 'root';
      case 'U':
      case 'G':
        return '0';
      case 's':
        return '/bin/bash';
      default:
        return whole;
    }
  });

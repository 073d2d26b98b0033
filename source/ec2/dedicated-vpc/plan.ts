/** Addresses of a deployment's VPC. */
export const vpcBlock = '10.0.0.0/16';

/** The zones of a region that a subnet can be in: others are somebody's racks, or at an antenna. */
export const usableZones = (region: string, offered: Iterable<string>): string[] =>
  [...offered]
    .filter((zone) => zone.startsWith(region) && /^[a-p]$/.test(zone.slice(region.length)))
    .sort();

/**
 * Addresses of a zone's subnet: sixteenths of the VPC's by the zone's letter, so that everybody
 * gives the same zone the same ones and EC2 refuses a second subnet for it.
 */
export const subnetBlock = (zone: string): string => {
  const index = (zone.codePointAt(zone.length - 1) ?? 0) - ('a'.codePointAt(0) ?? 0);
  return `10.0.${index * 16}.0/20`;
};

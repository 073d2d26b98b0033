import { createHash } from 'node:crypto';

/**
 * What a deployment may be called: fit for a tag's value, for the names of security groups, launch
 * templates and key pairs, and for a file's name.
 */
export const deploymentNamePattern = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,48}[A-Za-z0-9])?$/;

const maximumLength = 50;

/**
 * The deployment's name where the configuration gives none: the folder's name with everything that
 * would be illegal replaced. The same folder name gives the same deployment on every machine.
 */
export const foldDeploymentName = (folderName: string): string => {
  const folded = folderName
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, maximumLength)
    .replace(/[^A-Za-z0-9]+$/, '');
  // Folders whose names have no legal character at all must not share one deployment.
  return folded === '' ? `fleet-${digest(folderName)}` : folded;
};

const digest = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 8);

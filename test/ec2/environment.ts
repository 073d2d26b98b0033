/** Runs the work with these variables as the only ones of AWS. */
export const withEnvironment = async (
  variables: Readonly<Record<string, string>>,
  work: () => Promise<void>,
): Promise<void> => {
  const before = { ...process.env };
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('AWS_')) delete process.env[name];
  }
  // Nothing may ask the metadata service of the machine that runs the tests.
  Object.assign(process.env, { AWS_EC2_METADATA_DISABLED: 'true' }, variables);
  try {
    await work();
  } finally {
    for (const name of Object.keys(process.env)) {
      if (!(name in before)) delete process.env[name];
    }
    Object.assign(process.env, before);
  }
};

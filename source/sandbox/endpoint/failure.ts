/**
 * An answer that EC2 gives instead of a result.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
export class Ec2Failure extends Error {
  override readonly name = 'Ec2Failure';
  /** EC2's own code, such as `InvalidParameterValue`. */
  readonly code: string;
  /** HTTP status; 400 for what the client did wrong. */
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export const missingParameter = (name: string): Ec2Failure =>
  new Ec2Failure('MissingParameter', `The request must contain the parameter ${name}`);

export const invalidValue = (message: string): Ec2Failure =>
  new Ec2Failure('InvalidParameterValue', message);

export const invalidCombination = (message: string): Ec2Failure =>
  new Ec2Failure('InvalidParameterCombination', message);

/**
 * What this endpoint leaves out although EC2 has it. Refused rather than ignored, so that nobody
 * believes in an effect that isn't there.
 */
export const notImplemented = (what: string): Ec2Failure =>
  new Ec2Failure('UnsupportedOperation', `The embedded cloud does not implement ${what}`);

/** The answer of a call with `DryRun` that would have done what it says. */
export const dryRunSucceeded = (): Ec2Failure =>
  new Ec2Failure('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);

import type { Call } from '../../operation.ts';
import { ec2State } from '../ec2/state.ts';
import { engineVersions } from './engine-version.ts';
import { invalidCombination, invalidValue } from './errors.ts';

/** The major version that is asked for, or the newest one. Throws InvalidParameterValue, InvalidParameterCombination. */
export function majorVersionOf(engine: string, version: string | undefined): string {
  const offered = engineVersions
    .filter((one) => one.engine === engine)
    .map((one) => one.version.split('.')[0]);
  const newest = offered.at(-1);
  if (newest === undefined) throw invalidValue(`Unrecognized engine name: ${engine}`);
  if (version === undefined) return newest;
  if (!offered.includes(version)) throw invalidCombination(`Cannot find version ${version} for ${engine}`);
  return version;
}

/** The VPC of two or three subnets, each in a zone of its own. Throws InvalidParameterValue, InvalidParameterCombination. */
export function vpcOf(call: Call, subnetIds: string[]): string {
  const { subnets } = ec2State(call);
  const found = subnetIds.map((id) => {
    const subnet = subnets.get(id);
    if (subnet === undefined) throw invalidValue(`The subnet ID ${id} does not exist.`);
    return subnet;
  });
  const [first] = found;
  if (first === undefined || found.length < 2 || found.length > 3) {
    throw invalidValue('A serverless cache needs two or three subnets.');
  }
  if (new Set(found.map(({ VpcId }) => VpcId)).size > 1) {
    throw invalidCombination('The subnets belong to different VPCs.');
  }
  if (new Set(found.map(({ AvailabilityZone }) => AvailabilityZone)).size < found.length) {
    throw invalidCombination('Each subnet must be in a zone of its own.');
  }
  return first.VpcId;
}

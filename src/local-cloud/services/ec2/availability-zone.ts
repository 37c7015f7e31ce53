import type {
  AvailabilityZone,
  DescribeAvailabilityZonesRequest,
  DescribeAvailabilityZonesResult,
} from '@aws-sdk/client-ec2';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { select, type FilterFields } from './describe.ts';
import { dryRun } from './errors.ts';
import type { Stored } from './state.ts';

/** A zone of a region with its name (`eu-west-3a`) and its id (`euw3-az1`). */
export type Zone = Stored<AvailabilityZone, 'ZoneName' | 'ZoneId'>;

/** The three zones that every region has here. */
export function describeZones(region: string): Zone[] {
  return ['a', 'b', 'c'].map((letter, index) => ({
    ZoneName: `${region}${letter}`,
    ZoneId: `${shortNameOf(region)}-az${index + 1}`,
    RegionName: region,
    GroupName: region,
    NetworkBorderGroup: region,
    ZoneType: 'availability-zone',
    State: 'available',
    OptInStatus: 'opt-in-not-required',
    Messages: [],
  }));
}

export const availabilityZoneOperations: Operations = { DescribeAvailabilityZones };

const fields: FilterFields<Zone> = {
  'zone-name': ({ ZoneName }) => ZoneName,
  'zone-id': ({ ZoneId }) => ZoneId,
  'zone-type': ({ ZoneType }) => ZoneType,
  'region-name': ({ RegionName }) => RegionName,
  'group-name': ({ GroupName }) => GroupName,
  'opt-in-status': ({ OptInStatus }) => OptInStatus,
  state: ({ State }) => State,
};

function DescribeAvailabilityZones(
  input: DescribeAvailabilityZonesRequest,
  call: Call,
): DescribeAvailabilityZonesResult {
  const zones = describeZones(call.region);
  const names = input.ZoneNames ?? [];
  const ids = input.ZoneIds ?? [];
  const unknown = [
    ...names.filter((name) => !zones.some(({ ZoneName }) => ZoneName === name)),
    ...ids.filter((id) => !zones.some(({ ZoneId }) => ZoneId === id)),
  ];
  if (unknown.length > 0) {
    throw new AwsError('InvalidParameterValue', `Invalid availability zones: [${unknown.join(', ')}]`);
  }
  dryRun(input);
  const asked = zones.filter(
    ({ ZoneName, ZoneId }) =>
      (names.length === 0 || names.includes(ZoneName)) && (ids.length === 0 || ids.includes(ZoneId)),
  );
  return { AvailabilityZones: select(asked, { Filters: input.Filters }, fields, () => []).page };
}

/** AWS's own short names: `eu-west-3` is `euw3`. */
function shortNameOf(region: string): string {
  return region.replace(/-([a-z])[a-z]*/g, '$1').replace(/-/g, '');
}

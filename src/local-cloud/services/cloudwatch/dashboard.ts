import type {
  DeleteDashboardsCommandInput,
  DeleteDashboardsCommandOutput,
  GetDashboardCommandInput,
  GetDashboardCommandOutput,
  ListDashboardsCommandInput,
  ListDashboardsCommandOutput,
  PutDashboardCommandInput,
  PutDashboardCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../operation.ts';
import type { Operation } from '../../operation.ts';
import { page } from '../page.ts';
import { dashboards } from './state.ts';
import { tagMap } from './tags.ts';

/** Creates or overwrites a dashboard, whose body is kept as it came; tags count only for a new one. */
export const PutDashboard: Operation<PutDashboardCommandInput, PutDashboardCommandOutput> = (input, call) => {
  const { DashboardName: name = '', DashboardBody: body = '' } = input;
  if (!/^[\w-]{1,255}$/.test(name)) {
    throw invalid(`The value ${name} for field DashboardName contains invalid characters.`);
  }
  const problem = problemOf(body);
  if (problem !== undefined) {
    const messages = { dashboardValidationMessages: [{ DataPath: '/', Message: problem }] };
    throw new AwsError('DashboardInvalidInputError', problem, 400, messages);
  }
  const all = dashboards(call);
  all.set(name, {
    name,
    arn: `arn:aws:cloudwatch::${call.account}:dashboard/${name}`,
    body,
    modifiedAt: call.now,
    tags: all.get(name)?.tags ?? tagMap(input.Tags),
  });
  return { DashboardValidationMessages: [] };
};

export const GetDashboard: Operation<GetDashboardCommandInput, GetDashboardCommandOutput> = (input, call) => {
  const found = dashboards(call).get(input.DashboardName!);
  if (found === undefined) throw notFound(input.DashboardName!);
  return { DashboardName: found.name, DashboardArn: found.arn, DashboardBody: found.body };
};

export const ListDashboards: Operation<ListDashboardsCommandInput, ListDashboardsCommandOutput> = (
  { DashboardNamePrefix: prefix = '', NextToken },
  call,
) => {
  const { items, next } = page(
    [...dashboards(call).values()].filter(({ name }) => name.startsWith(prefix)),
    { key: ({ name }) => name, size: 1000, token: NextToken, invalid: () => invalid('Invalid NextToken') },
  );
  return {
    DashboardEntries: items.map(({ name, arn, body, modifiedAt }) => ({
      DashboardName: name,
      DashboardArn: arn,
      LastModified: modifiedAt,
      Size: Buffer.byteLength(body),
    })),
    NextToken: next,
  };
};

/** All or none: a name that nothing has is refused. */
export const DeleteDashboards: Operation<DeleteDashboardsCommandInput, DeleteDashboardsCommandOutput> = (
  input,
  call,
) => {
  const all = dashboards(call);
  const unknown = input.DashboardNames!.find((name) => !all.has(name));
  if (unknown !== undefined) throw notFound(unknown);
  for (const name of input.DashboardNames!) all.delete(name);
  return {};
};

function problemOf(body: string): string | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return 'The field DashboardBody must be a valid JSON object';
  }
  const widgets = (parsed as { widgets?: unknown } | null)?.widgets;
  if (!Array.isArray(widgets))
    return 'The dashboard body is invalid: it should have required property widgets';
  return widgets.length > 500
    ? 'The dashboard body is invalid: it should not have more than 500 widgets'
    : undefined;
}

function notFound(name: string): AwsError {
  return new AwsError('DashboardNotFoundError', `Dashboard ${name} does not exist`, 404);
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message);
}

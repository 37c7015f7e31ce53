import {
  DeleteDashboardsCommand,
  GetDashboardCommand,
  paginateListDashboards,
  PutDashboardCommand,
} from '@aws-sdk/client-cloudwatch';
import type { Cloud } from '../../aws/cloud.ts';
import { unless } from '../../aws/unless.ts';
import type { Change, ResourceKind } from '../../engine/resource.ts';
import { compare, compareRecord } from '../shared/compare.ts';
import { createNamed } from '../shared/create-named.ts';
import { carriesHash } from '../shared/names.ts';
import { collect } from '../shared/pages.ts';
import { owned, tagList } from '../shared/tags.ts';
import { retag, tagsOf } from './tags.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
export interface DashboardBody {
  widgets: Widget[];
  /** `start`, `periodOverride` and whatever else a body may have. */
  [setting: string]: unknown;
}

/** One widget of a dashboard, in CloudWatch's own words; the grid is 24 wide. */
export interface Widget {
  type: 'metric' | 'log' | 'text';
  x: number;
  y: number;
  width: number;
  height: number;
  properties: Record<string, unknown>;
}

interface DashboardProps {
  /** Dashboards are shared by all regions of an account: the name carries the hash of the stack. */
  name: string;
  body: DashboardBody;
}

interface DashboardAttrs extends DashboardProps {
  arn: string;
}

/** A CloudWatch dashboard (`aws cloudwatch list-dashboards`, `get-dashboard`). */
export const dashboard: ResourceKind<Cloud, DashboardProps, DashboardAttrs> = {
  type: 'AWS::CloudWatch::Dashboard',
  idempotent: true,

  async find(cloud, scope) {
    const pages = paginateListDashboards({ client: cloud.cloudwatch }, {});
    const entries = await collect(pages, (page) => page.DashboardEntries);
    const own = entries.filter(({ DashboardName }) => carriesHash(scope, DashboardName));
    const found = await Promise.all(
      own.map(async ({ DashboardName: name = '', DashboardArn: arn = '' }) => {
        const [body, tags] = await Promise.all([bodyOf(cloud, name), tagsOf(cloud, arn)]);
        return body === undefined ? [] : [{ tags, ref: name, attrs: { name, arn, body } }];
      }),
    );
    return owned(scope, found.flat());
  },

  diff: (desired, current) => [
    ...compare('name', current.name, desired.name, 'replace'),
    ...compareBodies(current.body, desired.body),
  ],

  async create(cloud, props, step) {
    await createNamed(step, {
      what: `dashboard ${props.name}`,
      taken: [],
      // The call that creates one overwrites whatever has its name.
      exists: async () => (await bodyOf(cloud, props.name)) !== undefined,
      find: () => dashboard.find(cloud, step.scope),
      create: () => put(cloud, props, step.tags),
    });
  },

  async update(cloud, props) {
    await put(cloud, props);
  },

  tag: (cloud, { arn }, change) => retag(cloud, arn, change),

  async delete(cloud, { name }) {
    await unless(
      cloud.cloudwatch.send(new DeleteDashboardsCommand({ DashboardNames: [name] })),
      'DashboardNotFoundError',
      'ResourceNotFound',
    );
  },
};

/** As parsed JSON, a change per widget: what white space and order of members there is says nothing. */
function compareBodies(from: DashboardBody, to: DashboardBody): Change[] {
  const { widgets: before, ...settingsBefore } = from;
  const { widgets: after, ...settingsAfter } = to;
  return [
    ...compareRecord('widgets', byPlace(before), byPlace(after)),
    ...compareRecord('settings', settingsBefore, settingsAfter),
  ];
}

/** Under place and title, such as `3 Requests`: a plan names what differs. */
function byPlace(widgets: Widget[] = []): Record<string, Widget> {
  return Object.fromEntries(
    widgets.map((widget, index) => {
      const title = widget.properties?.['title'];
      return [`${index + 1} ${typeof title === 'string' ? title : widget.type}`, widget];
    }),
  );
}

async function put(cloud: Cloud, { name, body }: DashboardProps, tags?: Record<string, string>) {
  await cloud.cloudwatch.send(
    new PutDashboardCommand({
      DashboardName: name,
      DashboardBody: JSON.stringify(body),
      ...(tags && { Tags: tagList(tags) }),
    }),
  );
}

async function bodyOf(cloud: Cloud, name: string): Promise<DashboardBody | undefined> {
  const answer = await unless(
    cloud.cloudwatch.send(new GetDashboardCommand({ DashboardName: name })),
    'DashboardNotFoundError',
    'ResourceNotFound',
  );
  return answer && (JSON.parse(answer.DashboardBody!) as DashboardBody);
}

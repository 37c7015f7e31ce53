/** One call of an operation of a service. */
export interface Call {
  /** `ec2`, `elasticache`, as endpoints and credential scopes name it. */
  service: string;
  /** `CreateVpc`. */
  operation: string;
  /** Whether it changes anything. */
  write: boolean;
}

const reading = /^(Describe|List|Get|BatchGet|BatchCheck|Filter|Lookup|Search|StartLiveTail|StartQuery)/;

/** Whether an operation changes anything, by its name: AWS names operations by their verb. */
export function isWrite(operation: string): boolean {
  return !reading.test(operation);
}

/** Writes that lead to the same end when they are performed twice, so that one whose answer was lost can be sent again. */
const repeatable = new Set([
  'AddTags',
  'AddTagsToResource',
  'AttachRolePolicy',
  'ChangeTagsForResource',
  'CreateTags',
  'DeleteTags',
  'ModifyListener',
  'ModifyLoadBalancerAttributes',
  'ModifySubnetAttribute',
  'ModifyTargetGroup',
  'ModifyTargetGroupAttributes',
  'ModifyVpcAttribute',
  'PutBucketEncryption',
  'PutBucketLifecycleConfiguration',
  'PutBucketPolicy',
  'PutBucketTagging',
  'PutDashboard',
  'PutImageScanningConfiguration',
  'PutLifecyclePolicy',
  'PutMetricAlarm',
  'PutPublicAccessBlock',
  'PutRetentionPolicy',
  'PutRolePolicy',
  'RemoveTags',
  'SetSecurityGroups',
  'SetSubnets',
  'TagResource',
  'TagRole',
  'UntagResource',
  'UntagRole',
  'UpdateAssumeRolePolicy',
  'UpdateService',
]);

/** A client token in a body of the query protocols or of JSON: AWS performs a call with the same token once. */
const clientToken = /(^|&)ClientToken=|"(clientToken|IdempotencyToken)":/;

/** Whether a call whose answer was lost may be sent again as it is: because of what it does, or because it carries a client token. */
export function isRepeatable(operation: string, body: unknown): boolean {
  return !isWrite(operation) || repeatable.has(operation) || clientToken.test(textOf(body));
}

/** Bodies of JSON are bytes, those of the query protocols text. */
function textOf(body: unknown): string {
  return body instanceof Uint8Array ? new TextDecoder().decode(body) : typeof body === 'string' ? body : '';
}

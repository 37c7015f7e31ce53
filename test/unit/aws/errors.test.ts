import { describe, expect, test } from 'vitest';

import { classify, explain, rememberCall } from '../../../src/aws/errors.ts';
import { ChatopsError } from '../../../src/lib/errors.ts';

function awsError(name: string, message = 'what AWS says', status = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
}

describe('what an error means', () => {
  test.each([
    [
      'throttled',
      [
        'RequestLimitExceeded',
        'Throttling',
        'ThrottlingException',
        'TooManyRequestsException',
        'ThrottledException',
        'APICallRateForCustomerExceededFault',
      ],
    ],
    [
      'transient',
      [
        'InternalError',
        'InternalFailure',
        'ServerException',
        'ServiceUnavailable',
        'InternalServerException',
        'TimeoutError',
      ],
    ],
    [
      'not-found',
      [
        'InvalidVpcID.NotFound',
        'LoadBalancerNotFound',
        'LoadBalancerNotFoundException',
        'ReplicationGroupNotFoundFault',
        'NoSuchEntityException',
        'NoSuchEntity',
        'RepositoryNotFoundException',
        'ParameterNotFound',
        'ClusterNotFoundException',
        'Gateway.NotAttached',
      ],
    ],
    [
      'exists',
      [
        'EntityAlreadyExistsException',
        'DuplicateLoadBalancerName',
        'InvalidPermission.Duplicate',
        'InvalidGroup.Duplicate',
        'RouteAlreadyExists',
        'ReplicationGroupAlreadyExistsFault',
        'ParameterAlreadyExists',
        'ResourceAlreadyExistsException',
        'InvalidSubnet.Conflict',
      ],
    ],
    [
      'conflict',
      [
        'InvalidReplicationGroupState',
        'InvalidReplicationGroupStateFault',
        'IncorrectState',
        'ConcurrentModificationException',
        'OperationAbortedException',
        'TooManyUpdates',
        'EntityTemporarilyUnmodifiableException',
      ],
    ],
    [
      'in-use',
      [
        'DependencyViolation',
        'InvalidGroup.InUse',
        'ResourceInUse',
        'ResourceInUseException',
        'CacheSubnetGroupInUse',
        'DeleteConflictException',
        'ClusterContainsServicesException',
        'InvalidIPAddress.InUse',
      ],
    ],
    [
      'denied',
      [
        'AccessDenied',
        'AccessDeniedException',
        'UnauthorizedOperation',
        'AuthFailure',
        'ExpiredToken',
        'ExpiredTokenException',
        'UnrecognizedClientException',
        'InvalidClientTokenId',
        'CredentialsProviderError',
      ],
    ],
    [
      'fatal',
      [
        'ValidationError',
        'InvalidParameterValue',
        'VpcLimitExceeded',
        'LimitExceededException',
        'InvalidParameterException',
      ],
    ],
  ])('%s', (as, names) => {
    expect(names.map((name) => [name, classify(awsError(name))])).toEqual(names.map((name) => [name, as]));
  });

  // Each of them is what AWS answers for a moment about something that was made just before.
  test.each([
    [
      'InvalidParameterException',
      'The target group with targetGroupArn arn:aws:elasticloadbalancing:eu-west-3:1:targetgroup/a/b does not have an associated load balancer.',
    ],
    [
      'InvalidParameterException',
      "Error retrieving subnet information for [subnet-1]: The subnet ID 'subnet-1' does not exist (ErrorCode: InvalidSubnetID.NotFound)",
    ],
    [
      'ClientException',
      "ECS was unable to assume the role 'arn:aws:iam::1:role/chatops/ab/chat-ab-execution' that was provided for this task.",
    ],
    ['ClientException', 'Role is not valid'],
    ['InvalidSubnetException', 'VPC vpc-1 has no internet gateway'],
    ['InvalidConfigurationRequestException', 'One or more security groups are invalid'],
    ['ValidationError', "The VPC ID 'vpc-1' is not found"],
    ['InvalidParameterValueException', 'Some security group Ids in :[sg-1] are invalid.'],
    ['InvalidSubnet', 'Some input subnets in :[subnet-1, subnet-2] are invalid.'],
    [
      'ValidationException',
      'Unable to assume IAM role: arn:aws:iam::1:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService',
    ],
    ['NoSuchChange', 'Could not find resource with ID: C1'],
    ['ServiceLinkedRoleNotFoundFault', 'The specified service linked role (SLR) was not found.'],
  ])('what is not visible yet is asked for again: %s: %s', (name, message) => {
    expect(classify(awsError(name, message))).toBe('not-found');
  });

  test('a wrong value is not taken for something that is not visible yet', () => {
    const said = 'Not enough IP space available in subnet-1. ELB requires at least 8 free IP addresses.';
    expect(classify(awsError('InvalidSubnetException', said))).toBe('fatal');
  });

  test('where the name says nothing, the message or the status does', () => {
    const ecs = (message: string) => classify(awsError('InvalidParameterException', message));
    expect(ecs('Unable to assume the service linked role. Please verify that it exists.')).toBe('not-found');
    expect(ecs('Unable to Start a service that is still Draining.')).toBe('conflict');
    expect(ecs('Creation of service was not idempotent.')).toBe('exists');
    const busy = 'Too many concurrent attempts to create a new revision of the specified family.';
    expect(classify(awsError('ClientException', busy))).toBe('conflict');
    expect(classify(awsError('Unknown', '', 502))).toBe('transient');
    expect(classify(awsError('Unknown', '', 429))).toBe('throttled');
    expect(classify(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }))).toBe('transient');
    expect(classify('a string')).toBe('fatal');
  });
});

describe('what people read', () => {
  test('service, operation, name and message, on one line', () => {
    const error = awsError('VpcLimitExceeded', 'The maximum number of VPCs\n has been reached.');
    rememberCall(error, { service: 'ec2', operation: 'CreateVpc', write: true });
    expect(explain(error)).toMatchObject({
      message: 'ec2 CreateVpc: VpcLimitExceeded: The maximum number of VPCs has been reached.',
      exit: 5,
      hint: expect.stringContaining('Service Quotas'),
      fields: { service: 'ec2', operation: 'CreateVpc', error: 'VpcLimitExceeded' },
    });
  });

  test.each([
    ['DependencyViolation', "The vpc 'vpc-1' has dependencies and cannot be deleted.", 'GuardDuty'],
    ['InsufficientCacheClusterCapacityFault', 'cache.t4g.micro is not available.', '"redis.nodeType"'],
    ['TooManyLoadBalancersException', 'The maximum number has been reached.', 'Service Quotas'],
    ['ClusterQuotaForCustomerExceededFault', 'You have exceeded your quota.', 'Service Quotas'],
  ])('what to do about %s', (name, message, hint) => {
    const error = awsError(name, message);
    rememberCall(error, { service: 'ec2', operation: 'DeleteVpc', write: true });
    expect(explain(error).hint).toContain(hint);
  });

  test('no permission is exit code 4', () => {
    const error = awsError(
      'AccessDeniedException',
      'User anna is not authorized to perform: ecs:CreateCluster',
      403,
    );
    expect(explain(error)).toMatchObject({ exit: 4, code: 'aws.denied' });
  });

  test('an error of this tool stays as it is, and a mistake in it is exit code 1', () => {
    const own = new ChatopsError('no', { code: 'x', exit: 3 });
    expect(explain(own)).toBe(own);
    expect(explain(new TypeError('x is not a function'))).toMatchObject({ exit: 1, code: 'bug' });
  });
});

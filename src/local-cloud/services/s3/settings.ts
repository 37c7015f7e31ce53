import type {
  DeleteBucketLifecycleCommandInput,
  DeleteBucketPolicyCommandInput,
  DeletePublicAccessBlockCommandInput,
  GetBucketEncryptionCommandInput,
  GetBucketEncryptionCommandOutput,
  GetBucketLifecycleConfigurationCommandInput,
  GetBucketLifecycleConfigurationCommandOutput,
  GetBucketPolicyCommandInput,
  GetBucketPolicyCommandOutput,
  GetPublicAccessBlockCommandInput,
  GetPublicAccessBlockCommandOutput,
  PutBucketEncryptionCommandInput,
  PutBucketLifecycleConfigurationCommandInput,
  PutBucketPolicyCommandInput,
  PutPublicAccessBlockCommandInput,
} from '@aws-sdk/client-s3';
import { AwsError } from '../../operation.ts';
import type { Operation } from '../../operation.ts';
import { checkPolicy } from './policy.ts';
import { bucketOf } from './state.ts';

type Nothing = object;

const GetBucketPolicy: Operation<GetBucketPolicyCommandInput, GetBucketPolicyCommandOutput> = (
  input,
  call,
) => {
  const { name, policy } = bucketOf(call, input.Bucket);
  if (policy === undefined) throw none('NoSuchBucketPolicy', 'The bucket policy does not exist', name);
  return { Policy: policy };
};

const PutBucketPolicy: Operation<PutBucketPolicyCommandInput, Nothing> = (input, call) => {
  const bucket = bucketOf(call, input.Bucket);
  checkPolicy(bucket, input.Policy!);
  bucket.policy = input.Policy;
  return {};
};

const DeleteBucketPolicy: Operation<DeleteBucketPolicyCommandInput, Nothing> = (input, call) => {
  bucketOf(call, input.Bucket).policy = undefined;
  return {};
};

const GetBucketLifecycleConfiguration: Operation<
  GetBucketLifecycleConfigurationCommandInput,
  GetBucketLifecycleConfigurationCommandOutput
> = (input, call) => {
  const { name, lifecycle } = bucketOf(call, input.Bucket);
  if (lifecycle === undefined) {
    throw none('NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist', name);
  }
  return { Rules: lifecycle.Rules };
};

const PutBucketLifecycleConfiguration: Operation<PutBucketLifecycleConfigurationCommandInput, Nothing> = (
  input,
  call,
) => {
  const { Rules = [] } = input.LifecycleConfiguration ?? {};
  const wrong = Rules.some(({ Status, Expiration }) => Status === undefined || (Expiration?.Days ?? 1) < 1);
  if (Rules.length < 1 || Rules.length > 1000 || wrong) {
    throw new AwsError(
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    );
  }
  bucketOf(call, input.Bucket).lifecycle = { Rules };
  return {};
};

const DeleteBucketLifecycle: Operation<DeleteBucketLifecycleCommandInput, Nothing> = (input, call) => {
  bucketOf(call, input.Bucket).lifecycle = undefined;
  return {};
};

const GetBucketEncryption: Operation<GetBucketEncryptionCommandInput, GetBucketEncryptionCommandOutput> = (
  input,
  call,
) => ({ ServerSideEncryptionConfiguration: bucketOf(call, input.Bucket).encryption });

const PutBucketEncryption: Operation<PutBucketEncryptionCommandInput, Nothing> = (input, call) => {
  bucketOf(call, input.Bucket).encryption = input.ServerSideEncryptionConfiguration!;
  return {};
};

const GetPublicAccessBlock: Operation<GetPublicAccessBlockCommandInput, GetPublicAccessBlockCommandOutput> = (
  input,
  call,
) => {
  const { name, publicAccessBlock } = bucketOf(call, input.Bucket);
  if (publicAccessBlock === undefined) {
    throw none(
      'NoSuchPublicAccessBlockConfiguration',
      'The public access block configuration was not found',
      name,
    );
  }
  return { PublicAccessBlockConfiguration: publicAccessBlock };
};

const PutPublicAccessBlock: Operation<PutPublicAccessBlockCommandInput, Nothing> = (input, call) => {
  const wanted = input.PublicAccessBlockConfiguration;
  bucketOf(call, input.Bucket).publicAccessBlock = {
    BlockPublicAcls: wanted?.BlockPublicAcls ?? false,
    IgnorePublicAcls: wanted?.IgnorePublicAcls ?? false,
    BlockPublicPolicy: wanted?.BlockPublicPolicy ?? false,
    RestrictPublicBuckets: wanted?.RestrictPublicBuckets ?? false,
  };
  return {};
};

const DeletePublicAccessBlock: Operation<DeletePublicAccessBlockCommandInput, Nothing> = (input, call) => {
  bucketOf(call, input.Bucket).publicAccessBlock = undefined;
  return {};
};

/** Policy, lifecycle, encryption and public access of a bucket. */
export const settingsOperations = {
  DeleteBucketLifecycle,
  DeleteBucketPolicy,
  DeletePublicAccessBlock,
  GetBucketEncryption,
  GetBucketLifecycleConfiguration,
  GetBucketPolicy,
  GetPublicAccessBlock,
  PutBucketEncryption,
  PutBucketLifecycleConfiguration,
  PutBucketPolicy,
  PutPublicAccessBlock,
};

function none(code: string, message: string, BucketName: string): AwsError {
  return new AwsError(code, message, 404, { BucketName });
}

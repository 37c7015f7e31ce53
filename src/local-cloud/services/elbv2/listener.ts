import type {
  CreateListenerInput,
  CreateListenerOutput,
  DeleteListenerInput,
  DeleteListenerOutput,
  DescribeListenersInput,
  DescribeListenersOutput,
  Listener,
  ModifyListenerInput,
  ModifyListenerOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { certificateFor } from '../acm/certificate.ts';
import { normalActions } from './action.ts';
import { applyToBalancer } from './balancer.ts';
import { mustBeWithin, mustFindListener, mustFindLoadBalancer, validationError } from './errors.ts';
import { paged } from './marker.ts';
import { defaultPolicy, minimumVersions } from './ssl-policy.ts';
import { elbv2State, newId, type Elbv2State, type StoredListener } from './state.ts';
import { mergeTags, sameTags } from './tags.ts';

export const listenerOperations: Operations = {
  CreateListener,
  DescribeListeners,
  ModifyListener,
  DeleteListener,
};

/** The same call again answers with the listener that is there; another one on its port is DuplicateListener. A port that this machine has given to someone else is PortInUse, and nothing is made. */
function CreateListener(input: CreateListenerInput, call: Call): Promise<CreateListenerOutput> {
  return applyToBalancer(call, () => {
    const state = elbv2State(call);
    const balancer = mustFindLoadBalancer(state, input.LoadBalancerArn);
    if (input.Port === undefined) throw validationError('A port must be specified');
    const wanted: StoredListener = {
      ListenerArn: `${balancer.LoadBalancerArn.replace(':loadbalancer/', ':listener/')}/${newId()}`,
      LoadBalancerArn: balancer.LoadBalancerArn,
      ...portAndProtocol(input.Port, input.Protocol),
      ...encryptionOf(input, call),
      DefaultActions: normalActions(state, balancer, input.DefaultActions),
      tags: mergeTags([], input.Tags),
    };
    const namesake = listenerOn(state, wanted);
    if (namesake === undefined) state.listeners.set(wanted.ListenerArn, wanted);
    else if (!isSame(namesake, wanted)) throw duplicate(wanted);
    return {
      result: { Listeners: [described(namesake ?? wanted)] },
      undo: () => state.listeners.delete(wanted.ListenerArn),
    };
  });
}

function DescribeListeners(input: DescribeListenersInput, call: Call): DescribeListenersOutput {
  const state = elbv2State(call);
  const { LoadBalancerArn, ListenerArns: arns = [] } = input;
  if (LoadBalancerArn === undefined && arns.length === 0) {
    throw validationError('A load balancer ARN or listener ARNs must be specified');
  }
  if (LoadBalancerArn !== undefined) mustFindLoadBalancer(state, LoadBalancerArn);
  const asked =
    arns.length > 0
      ? arns.map((arn) => mustFindListener(state, arn))
      : [...state.listeners.values()].filter((listener) => listener.LoadBalancerArn === LoadBalancerArn);
  const { items, next } = paged(asked, ({ ListenerArn }) => ListenerArn, input);
  return { Listeners: items.map(described), NextMarker: next };
}

/** Throws PortInUse as CreateListener does, and leaves the listener as it was. */
function ModifyListener(input: ModifyListenerInput, call: Call): Promise<ModifyListenerOutput> {
  return applyToBalancer(call, () => {
    const state = elbv2State(call);
    const listener = mustFindListener(state, input.ListenerArn);
    const balancer = mustFindLoadBalancer(state, listener.LoadBalancerArn);
    const { Certificates: _certificates, SslPolicy: _policy, ...plain } = listener;
    const Protocol = input.Protocol ?? listener.Protocol;
    const { Certificates = listener.Certificates, SslPolicy = listener.SslPolicy } = input;
    const changed: StoredListener = {
      ...plain,
      ...portAndProtocol(input.Port ?? listener.Port, Protocol),
      ...encryptionOf(
        Protocol === 'HTTPS' ? { Protocol, Certificates, SslPolicy } : { ...input, Protocol },
        call,
      ),
      DefaultActions:
        input.DefaultActions === undefined
          ? listener.DefaultActions
          : normalActions(state, balancer, input.DefaultActions),
    };
    const namesake = listenerOn(state, changed);
    if (namesake !== undefined && namesake !== listener) throw duplicate(changed);
    state.listeners.set(changed.ListenerArn, changed);
    return {
      result: { Listeners: [described(changed)] },
      undo: () => state.listeners.set(changed.ListenerArn, listener),
    };
  });
}

function DeleteListener(input: DeleteListenerInput, call: Call): Promise<DeleteListenerOutput> {
  return applyToBalancer(call, () => {
    const state = elbv2State(call);
    const listener = mustFindListener(state, input.ListenerArn);
    state.listeners.delete(listener.ListenerArn);
    return { result: {}, undo: () => state.listeners.set(listener.ListenerArn, listener) };
  });
}

function portAndProtocol(port: number, protocol: Listener['Protocol']) {
  mustBeWithin(port, 'Port', 1, 65_535);
  if (protocol === undefined) throw validationError('A listener protocol must be specified');
  if (!['HTTP', 'HTTPS'].includes(protocol)) {
    throw validationError(`Listener protocol '${protocol}' must be one of 'HTTP, HTTPS'`);
  }
  return { Port: port, Protocol: protocol };
}

/** What an HTTPS listener has besides. Throws CertificateNotFound, UnsupportedCertificate, SSLPolicyNotFound. */
function encryptionOf(
  {
    Protocol,
    Certificates = [],
    SslPolicy,
  }: Pick<CreateListenerInput, 'Protocol' | 'Certificates' | 'SslPolicy'>,
  call: Call,
): Pick<StoredListener, 'Certificates' | 'SslPolicy'> {
  if (Protocol !== 'HTTPS') {
    if (Certificates.length === 0 && SslPolicy === undefined) return {};
    throw validationError(
      `A listener of the protocol '${Protocol}' has neither certificates nor an SSL policy`,
    );
  }
  const [certificate, ...others] = Certificates;
  if (certificate?.CertificateArn === undefined) {
    throw validationError('A certificate must be specified for HTTPS listeners');
  }
  if (others.length > 0) throw validationError('Only one certificate can be specified');
  certificateFor(certificate.CertificateArn, call);
  const policy = SslPolicy ?? defaultPolicy;
  if (minimumVersions[policy] === undefined) {
    throw new AwsError('SSLPolicyNotFound', `SSL policy '${policy}' not found`);
  }
  return { Certificates: [{ CertificateArn: certificate.CertificateArn }], SslPolicy: policy };
}

function listenerOn(
  { listeners }: Elbv2State,
  { LoadBalancerArn, Port }: { LoadBalancerArn: string; Port: number },
): StoredListener | undefined {
  return [...listeners.values()].find(
    (each) => each.LoadBalancerArn === LoadBalancerArn && each.Port === Port,
  );
}

function isSame(a: StoredListener, b: StoredListener): boolean {
  const settings = ({ Protocol, Certificates, SslPolicy, DefaultActions }: StoredListener) =>
    JSON.stringify([Protocol, Certificates, SslPolicy, DefaultActions]);
  return settings(a) === settings(b) && sameTags(a.tags, b.tags);
}

function duplicate({ LoadBalancerArn }: StoredListener): AwsError {
  return new AwsError(
    'DuplicateListener',
    `A listener already exists on this port for this load balancer '${LoadBalancerArn}'`,
  );
}

function described({ tags: _tags, ...shape }: StoredListener): Listener {
  return shape;
}

import type { PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../operation.ts';

/** Refuses what CloudWatch refuses (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html). */
export function checkAlarm(input: PutMetricAlarmCommandInput): void {
  const { AlarmName = '', EvaluationPeriods = 1, DatapointsToAlarm = EvaluationPeriods, Metrics } = input;
  if (!/^[\x20-\x7e]{1,255}$/.test(AlarmName)) {
    throw refused(`The parameter AlarmName must be 1 to 255 ASCII characters, not ${AlarmName}`);
  }
  if (input.MetricName === undefined && Metrics === undefined) {
    throw refused('An alarm must have either MetricName or Metrics.');
  }
  if (input.MetricName !== undefined && Metrics !== undefined) {
    throw refused('An alarm can have either MetricName or Metrics, not both.');
  }
  if (input.MetricName !== undefined) checkMetric(input);
  if (Metrics !== undefined && Metrics.filter(({ ReturnData }) => ReturnData !== false).length !== 1) {
    throw refused('Exactly one element of the metrics list should return data.');
  }
  if (EvaluationPeriods < 1) throw refused('EvaluationPeriods must be at least 1.');
  if (DatapointsToAlarm > EvaluationPeriods) {
    throw refused('DatapointsToAlarm must be less than or equal to EvaluationPeriods.');
  }
  if (input.Threshold === undefined) throw refused('The parameter Threshold is required.');
  const wrong = input.TreatMissingData;
  if (wrong !== undefined && !['breaching', 'notBreaching', 'ignore', 'missing'].includes(wrong)) {
    throw refused(`TreatMissingData has an invalid value ${wrong}.`);
  }
  const action = [...(input.AlarmActions ?? []), ...(input.OKActions ?? [])].find(
    (arn) => !arn.startsWith('arn:'),
  );
  if (action !== undefined) throw refused(`Invalid arn syntax: ${action}`);
}

function checkMetric({
  Period,
  Statistic,
  ExtendedStatistic,
  EvaluationPeriods = 1,
}: PutMetricAlarmCommandInput) {
  if ((Statistic === undefined) === (ExtendedStatistic === undefined)) {
    throw refused('An alarm must have either Statistic or ExtendedStatistic, and not both.');
  }
  if (Period === undefined) throw refused('The parameter Period is required.');
  if (![10, 20, 30].includes(Period) && (Period < 60 || Period % 60 !== 0)) {
    throw refused(`The parameter Period must be 10, 20, 30, or a multiple of 60, not ${Period}.`);
  }
  const longest = Period >= 3600 ? 7 * 86_400 : 86_400;
  if (Period * EvaluationPeriods > longest) {
    throw refused(
      'Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).',
    );
  }
}

function refused(message: string): AwsError {
  return new AwsError('ValidationError', message);
}

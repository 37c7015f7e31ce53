import { XmlShapeSerializer } from '@aws-sdk/core/protocols';
import { fromBase64, fromUtf8, toBase64, toUtf8 } from '@smithy/core/serde';
import type { SerdeFunctions } from '@smithy/types';
import type { Shape } from './schema.ts';

/** Timestamp format 5 is ISO 8601, which all XML protocols use unless a member's schema says otherwise. */
export const xmlSettings = {
  timestampFormat: { useTrait: true, default: 5 as const },
  httpBindings: false,
  xmlNamespace: '',
  serviceNamespace: '',
};

/** The functions that the SDK's serialisers expect a client's config to give them. */
export const serdeContext = {
  base64Encoder: toBase64,
  base64Decoder: fromBase64,
  utf8Encoder: toUtf8,
  utf8Decoder: fromUtf8,
} as unknown as SerdeFunctions;

/** The XML elements of a structure's members, without the element around them. */
export function membersAsXml(shape: Shape, value: object): string {
  if (!shape.isStructSchema()) return '';
  const serializer = new XmlShapeSerializer(xmlSettings);
  serializer.setSerdeContext(serdeContext);
  serializer.write(shape, value);
  const xml = String(serializer.flush());
  const end = xml.lastIndexOf('</');
  return end === -1 ? '' : xml.slice(xml.indexOf('>') + 1, end);
}

/** Text as the content of an XML element. */
export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#xD;');
}

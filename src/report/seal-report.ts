import { createHash } from 'node:crypto';
import { canonicalJson } from '../canonical-json';
import type { PromotionReport, Provenance, ReportContent } from '../evaluation/report-types';

/** A finished report with the bytes that are written and their digest. */
export interface SealedReport {
  readonly report: PromotionReport;
  /** The text of `report.json`: RFC 8785 JSON, UTF-8, no final newline. */
  readonly json: string;
  /** SHA-256, hex, of the bytes of `report.json`. */
  readonly digest: string;
}

/**
 * Gives a report its id and its bytes. The id covers what was judged, not when and where: the same evaluation has the same id everywhere.
 * @param createdAt ISO 8601, UTC
 */
export function sealReport(content: ReportContent, createdAt: string, provenance: Provenance): SealedReport {
  const report: PromotionReport = { ...content, reportId: reportIdOf(content), createdAt, provenance };
  const json = canonicalJson(report);
  return { report, json, digest: sha256(json) };
}

/** `r` and 20 hex digits of SHA-256 over the canonical JSON of the content. */
export function reportIdOf(content: ReportContent): string {
  return `r${sha256(canonicalJson(content)).slice(0, 20)}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

import type { Diagnostic } from '../../generated/types.js';
import { mistakesOf, type Report, type ReportedMistake } from './report.js';

/** One entry of GitLab's Code Quality report. */
interface CodeQualityFinding {
  description: string;
  check_name: string;
  fingerprint: string;
  severity: 'info' | 'minor' | 'major' | 'critical' | 'blocker';
  location: { path: string; lines: { begin: number } };
}

/** With an error the documents cannot be used at all, but what runs goes on as it is. */
const severities: Record<Diagnostic['severity'], CodeQualityFinding['severity']> = {
  error: 'critical',
  warning: 'minor',
};

/** A Code Quality report, as GitLab shows it in merge requests. */
export function renderGitlab(report: Report): string {
  return `${JSON.stringify(mistakesOf(report).map(finding), null, 2)}\n`;
}

function finding({ diagnostic, fingerprint }: ReportedMistake): CodeQualityFinding {
  const { id, severity, summary, detail, range } = diagnostic;
  return {
    description: `${summary} ${detail}`,
    check_name: id,
    fingerprint,
    severity: severities[severity],
    location: { path: range.filename, lines: { begin: range.start.line } },
  };
}

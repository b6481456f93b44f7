import { Ajv2020 } from 'ajv/dist/2020.js';
import api from '../../schema/api.schema.json' with { type: 'json' };
import journal from '../../schema/journal.schema.json' with { type: 'json' };
import observed from '../../schema/observed.schema.json' with { type: 'json' };
import plan from '../../schema/plan.schema.json' with { type: 'json' };
import soap from '../../schema/soap.schema.json' with { type: 'json' };
import hostState from '../../schema/wire/host-state.schema.json' with { type: 'json' };
import message from '../../schema/wire/message.schema.json' with { type: 'json' };
import observation from '../../schema/wire/observation.schema.json' with { type: 'json' };
import report from '../../schema/wire/report.schema.json' with { type: 'json' };

/** Schemas of all that the API takes and says. */
export const messageSchemas = [api, soap, journal, observed, plan, hostState, message, observation, report];

export const messages = new Ajv2020({
  schemas: messageSchemas,
  strictTypes: false,
  formats: { 'date-time': true },
});

export const apiId = api.$id;
export const soapId = soap.$id;

// Makes one new dataset with one approved version and schedules it a year ahead: bench-scheduled.mjs URL EDITOR APPROVER ID.
import { approvedBundle, approvedVersion, caller, newDataset, schedule } from "./workflow.mjs";

const [url, editorToken, approverToken, id] = process.argv.slice(2);
const [editor, approver] = [caller(url, editorToken), caller(url, approverToken)];
await newDataset(editor, id);
const item = await approvedVersion(editor, approver, id, "time-series");
const path = await approvedBundle(editor, approver, id, [item]);
await schedule(approver, path, Date.now() + 365 * 24 * 3600 * 1000);

// wait.mjs - waiting for conditions, never for time.

/** Resolves with the first truthy value of `probe` (may be async); rejects, naming `what`, after `timeoutMs`. */
export async function until(what, probe, timeoutMs = 10000) {
	const deadline = Date.now() + timeoutMs;
	for(;;) {
		const value = await probe();
		if(value) {
			return value;
		}
		if(Date.now() > deadline) {
			throw new Error(`waited ${timeoutMs} ms in vain: ${what}`);
		}
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

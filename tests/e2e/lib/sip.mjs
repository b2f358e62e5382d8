// sip.mjs - a bare SIP user agent over UDP or TCP: what gb28181-camera does not do, softphones and garbage among it.
import {createHash, randomBytes} from 'node:crypto';
import {createSocket} from 'node:dgram';
import {once} from 'node:events';
import {connect} from 'node:net';
import {address, password, serverId} from './stack.mjs';
import {until} from './wait.mjs';

const md5 = (text) => createHash('md5').update(text).digest('hex');

/** The headers of a message by their names in lower case; the first of each. */
export function headers(message) {
	const found = {status: Number(/^SIP\/2\.0 (\d+)/.exec(message)?.[1] ?? 0)};
	for(const line of message.split('\r\n\r\n')[0].split('\r\n').slice(1)) {
		const [, name, value] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
		found[name?.toLowerCase()] ??= value;
	}
	return found;
}

export class Peer {
	/** `user`: the SIP user it is. */
	constructor(user, {domain = serverId.slice(0, 10), secret = password, server = address} = {}) {
		Object.assign(this, {user, domain, secret, server});
		this.callId = randomBytes(8).toString('hex');
		this.cseq = 0;
		/** Everything that came, as text. */
		this.messages = [];
	}

	async open() {
		this.socket = createSocket('udp4');
		this.socket.on('message', (data) => this.messages.push(data.toString()));
		this.socket.bind(0, this.server);
		await once(this.socket, 'listening');
		this.port = this.socket.address().port;
		return this;
	}

	close() {
		this.socket.close();
	}

	send(text, port = 5060) {
		this.socket.send(text, port, this.server);
	}

	/** Sends a request of the dialogue with the server; resolves with the headers of its final answer. */
	async request(method, more = [], body = '') {
		const cseq = `${++this.cseq} ${method}`;
		this.send([
			`${method} sip:${serverId}@${this.domain} SIP/2.0`,
			`Via: SIP/2.0/UDP ${this.server}:${this.port};rport;branch=z9hG4bK${randomBytes(6).toString('hex')}`,
			`From: <sip:${this.user}@${this.domain}>;tag=${this.callId}`,
			`To: <sip:${method === 'REGISTER' ? this.user : serverId}@${this.domain}>`,
			`Call-ID: ${this.callId}`, `CSeq: ${cseq}`, `Contact: <sip:${this.user}@${this.server}:${this.port}>`,
			'Max-Forwards: 70', ...more, `Content-Length: ${Buffer.byteLength(body)}`, '', body,
		].join('\r\n'));
		return until(`the answer to ${cseq}`, () => this.messages.map(headers).find((one) => one.cseq === cseq && one.status >= 200));
	}

	/** REGISTER, with the digest when it is asked for; resolves with the headers of the last answer. */
	async register(expires = 3600) {
		const first = await this.request('REGISTER', [`Expires: ${expires}`]);
		if(first.status !== 401) {
			return first;
		}
		const value = (name) => new RegExp(`\\b${name}="?([^",]+)`).exec(first['www-authenticate'])?.[1];
		const uri = `sip:${serverId}@${this.domain}`;
		const realm = value('realm'), nonce = value('nonce'), qop = value('qop');
		const ha1 = md5(`${this.user}:${realm}:${this.secret}`), ha2 = md5(`REGISTER:${uri}`);
		const response = qop ? md5(`${ha1}:${nonce}:00000001:abcd:auth:${ha2}`) : md5(`${ha1}:${nonce}:${ha2}`);
		const extra = qop ? ', qop=auth, nc=00000001, cnonce="abcd"' : '';
		const opaque = value('opaque') ? `, opaque="${value('opaque')}"` : '';
		return this.request('REGISTER', [
			`Expires: ${expires}`,
			`Authorization: Digest username="${this.user}", realm="${realm}", nonce="${nonce}", uri="${uri}", ` +
				`response="${response}", algorithm=MD5${extra}${opaque}`,
		]);
	}
}

/** Sends bytes to a port, over TCP or UDP, and does not care what becomes of them. */
export async function throwAt(port, bytes, {tcp = false, server = address} = {}) {
	if(!tcp) {
		const socket = createSocket('udp4');
		await new Promise((resolve) => socket.send(bytes, port, server, resolve));
		socket.close();
		return;
	}
	const socket = connect(port, server);
	socket.on('error', () => {});
	await once(socket, 'connect');
	await new Promise((resolve) => socket.write(bytes, resolve));
	socket.destroy();
}

export { type AuthAccepted, type AuthAnswer, type AuthPeer, type MayConnect } from './auth-answer.ts'
export { AuthClient, type AuthClientOptions } from './auth-client.ts'
export { AuthService, type AuthServiceOptions } from './auth-service.ts'
export { type AuthorizerAcceptance, type Circumstances } from './authorizer-acceptance.ts'
export {
  type Authorize,
  authorizeCodec,
  type AuthorizeReply,
  authorizeReplyCodec,
  type CephxAuthorizer,
  cephxAuthorizerCodec,
  challengeCodec,
} from './authorizer-structs.ts'
export {
  type AcceptContext,
  type Authorizer,
  type AuthorizerVerdict,
  CephxAuthenticator,
  type CephxAuthenticatorOptions,
  type HandshakeContext,
} from './cephx-authenticator.ts'
export { challengeProof, type Challenges } from './challenge-proof.ts'
export { type AuthSession, type ClientAuthorizer } from './client-authorizer.ts'
export {
  CryptoKey,
  cryptoKeyCodec,
  type CryptoKeyFields,
  type CryptoKeyOptions,
  type SealingKey,
} from './crypto-key.ts'
export {
  AuthProtocolError,
  AuthRefusedError,
  FrameCipherError,
  type FrameCipherErrorCode,
  KeyError,
  KeyringError,
  SealError,
} from './errors.ts'
export { type Aead, type AeadFactory } from './aead.ts'
export {
  CONNECTION_SECRET_LENGTH,
  FRAME_TAG_LENGTH,
  FrameCipher,
  type FrameCipherOptions,
  type FrameCipherPosition,
  type FrameOpening,
} from './frame-cipher.ts'
export { type HeldTicket, type HeldTickets } from './held-tickets.ts'
export { KeyServer, type KeyServerOptions } from './key-server.ts'
export { KeyType } from './key-cipher.ts'
export { KeyUsage } from './key-usage.ts'
export { Keyring, type KeyringEntry } from './keyring.ts'
export { keyringSearchPath } from './keyring-search-path.ts'
export { AuthLimits } from './limits.ts'
export { type KeySource, loadKey, loadKeyring, saveKeyring } from './load-key.ts'
export {
  AuthMethod,
  AuthMode,
  AuthResult,
  CephxRequest,
  type LoginOffer,
  loginOfferCodec,
  type LoginStart,
  loginStartCodec,
  type SessionKeyReply,
  sessionKeyReplyCodec,
  type SessionKeyRequest,
  sessionKeyRequestCodec,
  type TicketsRequest,
  ticketsRequestCodec,
} from './login-structs.ts'
export { MessageSigner } from './message-signer.ts'
export { type LoginCircumstances, type MonAcceptance } from './mon-acceptance.ts'
export { type AuthRequest, type LoginResult, type LoginStep, type MonLogin, type MonReply } from './mon-login.ts'
export { type MonRequestAnswer } from './mon-requests.ts'
export { type FrameRevision } from './nonce-sequence.ts'
export { PrincipalName, principalNameCodec } from './principal-name.ts'
export { type RandomBytes } from './random-bytes.ts'
export { type ExpiringKey, type RotatingSecrets, rotatingSecretsCodec } from './rotating-secrets.ts'
export { type RotatingSecretsFetch } from './rotating-secrets-fetch.ts'
export { type Seal, seal, sealedBytes, unseal } from './seal.ts'
export { RotatingKeys, type ServiceSecret, type ServiceSecrets } from './service-secrets.ts'
export {
  type PortableSecurityData,
  SessionSecurity,
  type SessionSecurityOptions,
  SIGNATURE_LENGTH,
} from './session-security.ts'
export { makeOwnTicket, type OwnTicketRequest, SharedSecrets } from './shared-secrets.ts'
export {
  type GrantedTicket,
  type GrantKeys,
  openGrant,
  sealGrant,
  type TicketGrant,
  ticketReplyCodec,
} from './ticket-grant.ts'
export { type SessionTicketRenewal } from './ticket-renewal.ts'
export {
  type AuthTicket,
  authTicketCodec,
  type CapsInfo,
  capsInfoCodec,
  type ServiceTicket,
  serviceTicketCodec,
  type ServiceTicketInfo,
  serviceTicketInfoCodec,
  type TicketBlob,
  ticketBlobCodec,
} from './ticket-structs.ts'

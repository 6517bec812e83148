import Bytes

/// By which names tokens are known: the lists to edit. `*` and `#` mean what `HTTP1NameTable` says.
enum HTTP1TokenNames {
  /// Header fields of requests whose value is a key or token. Each name ends as `mayBeHeader` has it. Fields against
  /// cross-site request forgery (`X-CSRF-Token`) do not belong here: they open nothing.
  static let headers = HTTP1NameTable([
    "X-API-Key", "X-ApiKey", "API-Key", "ApiKey", "X-API-Token", "API-Token", "X-Auth-Token", "X-Auth-Key",
    "Auth-Token",
    "X-Access-Token", "Access-Token", "X-Session-Token", "X-User-Token", "X-Service-Token", "X-Token",
    "X-Client-Secret",
    "PRIVATE-TOKEN", "JOB-TOKEN", "DEPLOY-TOKEN", "X-Gitlab-Token", "Ocp-Apim-Subscription-Key", "X-Functions-Key",
    "X-Goog-API-Key", "X-Amz-Security-Token", "X-aws-ec2-metadata-token", "X-Subject-Token", "X-Storage-Token",
    "X-Vault-Token", "X-Consul-Token", "X-Plex-Token", "X-Emby-Token", "X-MediaBrowser-Token", "X-RapidAPI-Key",
    "X-Mashape-Key", "X-Parse-REST-API-Key", "X-Parse-Master-Key", "X-Parse-Session-Token", "X-Algolia-API-Key",
    "X-Shopify-Access-Token", "X-Figma-Token", "X-Postmark-Server-Token", "X-Redmine-API-Key", "DD-API-Key",
    "DD-Application-Key", "X-N8N-API-Key", "X-Tableau-Auth", "X-Cisco-Meraki-API-Key", "X-PAN-Key", "X-OTX-API-Key",
    "X-F5-Auth-Token", "Zotero-API-Key", "X-Riot-Token", "X-TrackerToken", "X-Gotify-Key", "X-NuGet-ApiKey",
  ])

  /// Whether a field's name could be in `headers`: told by its last two letters, for that is asked of every field.
  static func mayBeHeader(_ bytes: RawSpan, _ name: Range<Int>) -> Bool {
    guard name.count >= 6, let letters = bytes.u16(at: name.upperBound &- 2) else { return false }
    switch letters | 0x2020 {
    case 0x656e, 0x6579, 0x6574, 0x7468: return true  // en, ey, et, th
    default: return false
    }
  }

  /// Schemes of `Authorization` whose value is a token, besides Bearer (RFC 6750): `Token abc`, `Token token="abc"`.
  static let schemes = HTTP1NameTable([
    "Token", "ApiKey", "Api-Key", "GoogleLogin", "SSWS", "JWT", "GenieKey", "Splunk", "Bot",
  ])

  /// Parameters of a URL whose value is a key or token.
  static let parameters = HTTP1NameTable([
    "access_token", "accesstoken", "api_key", "apikey", "api-key", "api_token", "apitoken", "auth_token", "authtoken",
    "private_token", "oauth_token", "session_token", "id_token", "refresh_token", "subscription-key",
    "X-Amz-Security-Token", "X-Plex-Token", "PHPSESSID", "jsessionid", "CFTOKEN",
  ])

  /// Parameters of a URL whose value may be one: it must look like a token.
  static let vagueParameters = HTTP1NameTable(["key", "token", "sessionid", "session_id"])

  /// Parameters of a URL that hold a signature, whoever has which has the object.
  static let signatures = HTTP1NameTable(["X-Amz-Signature", "X-Goog-Signature", "Signature"])

  /// Parameters that name the key behind such a signature. `Signature` alone could be anything.
  static let signers = HTTP1NameTable([
    "X-Amz-Credential", "X-Goog-Credential", "AWSAccessKeyId", "GoogleAccessId", "OSSAccessKeyId", "Key-Pair-Id",
  ])

  /// Cookies that stand for a session or a user.
  static let cookies = HTTP1NameTable([
    // PHP and what is written in it
    "PHPSESSID", "laravel_session", "ci_session", "remember_web_*", "wordpress_logged_in_*", "wordpress_sec_*",
    "wordpress_#", "SESS#", "SSESS#", "phpbb*_sid", "*sessionhash", "MoodleSession", "MoodleSession*", "phpMyAdmin",
    "pmaAuth-*",
    "roundcube_sessid", "roundcube_sessauth", "SQMSESSID", "OCSESSID", "CAKEPHP", "xf_session", "xf_user",
    "IPSSessionFront", "SimpleSAML", "SimpleSAMLSessionID", "SimpleSAMLAuthToken", "zbx_session", "zbx_sessionid",
    // Java
    "JSESSIONID", "JSESSIONID*", "PLAY_SESSION", "LtpaToken", "LtpaToken2", "seraph.rememberme.cookie",
    "crowd.token_key", "CASTGC",
    "OAMAuthnCookie", "OAMAuthnCookie*", "ObSSOCookie", "SMSESSION", "iPlanetDirectoryPro", "MYSAPSSO2",
    "SAP_SESSIONID_*",
    // ASP and .NET
    "ASPSESSIONID*", "ASP.NET_SessionId", ".ASPXAUTH", ".ASPXFORMSAUTH", ".ADAuthCookie", ".DOTNETNUKE",
    ".AspNet.ApplicationCookie", ".AspNet.Cookies", ".AspNetCore.Cookies", ".AspNetCore.Cookies*",
    ".AspNetCore.Identity.Application",
    ".AspNetCore.Identity.Application*",
    ".AspNetCore.Session", "FedAuth", "rtFa", "ESTSAUTH", "ESTSAUTHPERSISTENT", "MSPAuth", "RPSAuth",
    // JavaScript, Python, Ruby, Perl, ColdFusion
    "connect.sid", "express.sid", "express:sess", "koa.sess", "koa:sess", "next-auth.session-token",
    "__Secure-next-auth.session-token", "sessionid", "beaker.session.id", "rack.session", "*_session", "*_session_id",
    "remember_token", "remember_user_token", "remember-me", "CGISESSID", "CFTOKEN",
    // Devices and gateways
    "webvpn", "SVPNCOOKIE", "NSC_AAAC", "NSC_TMAS", "MRHSession", "_shibsession_*", "MOD_AUTH_CAS*", "PS_TOKEN",
    "grafana_session", "grafana_sess", "ZM_AUTH_TOKEN",
    // Any
    "auth_token", "authtoken", "access_token", "id_token", "refresh_token", "session-token", "session_token",
    // Large sites
    "SAPISID", "APISID", "HSID", "LSID", "_twitter_sess", "li_at", "steamLogin", "steamLoginSecure",
  ])

  /// Cookies that may stand for one: the value must look like a token.
  static let vagueCookies = HTTP1NameTable([
    "session", "session_id", "session-id", "sessid", "sid", "ssid", "dsid", "token", "jwt", "auth", "symfony", "horde",
    "frontend", "adminhtml", "xs", "TGC", "*_password",
  ])
}

"""Who may call, what they may do, and how often: tokens, revocation, licences, scopes and limits."""

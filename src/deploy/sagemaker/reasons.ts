/** What AWS's refusals mean, and what to do. The first that fits holds. */
export const REASONS: readonly (readonly [pattern: RegExp, advice: string])[] = [
  [
    /Unable to locate credentials|NoCredentials|Partial credentials/i,
    "no credentials are known here. Sign in (aws configure, aws sso login), or name a `profile` in the target",
  ],
  [
    /ExpiredToken|RequestExpired|token (?:included in the request )?(?:has|is) expired|Error when retrieving token|session.*expired/i,
    "your sign-in has expired. Sign in again, such as by aws sso login",
  ],
  [
    /InvalidClientTokenId|UnrecognizedClient|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignature|AuthFailure|IncompleteSignature/i,
    "it does not know the credentials that are set here. Look at them (aws configure list), or name another `profile` in the target",
  ],
  [
    /config profile .* could not be found/i,
    "there is no such profile. aws configure list-profiles says which there are",
  ],
  [
    /specify a region|Invalid endpoint:|Provided region_name/i,
    "the region is none that AWS knows. Say it as `region` of the target, such as eu-west-1",
  ],
  [
    /NoSuchBucket|bucket does not exist|\(404\).*HeadBucket/i,
    "there is no such bucket. Make it (aws s3 mb), or name another as `bucket`",
  ],
  [
    /iam:PassRole|Could not assume role|role.*(?:is invalid|cannot be assumed|trust)/i,
    "SageMaker may not take the role. It has to trust sagemaker.amazonaws.com, and you need iam:PassRole for it",
  ],
  [
    /AccessDenied|not authorized to perform|explicit deny|Forbidden|\(403\)/i,
    "you may not do this. Ask whoever administers the account for the permission that it names",
  ],
  [
    /ResourceLimitExceeded|service limit|quota/i,
    "the account has no more of it to give. Ask for more in Service Quotas, or take another `instanceType`",
  ],
  [
    /Could not connect to the endpoint|Connect timeout|Read timeout|Could not resolve|Connection was closed|EndpointConnectionError/i,
    "it does not answer. Look at the network, and at the region",
  ],
  [/Throttling|Rate exceeded|TooManyRequests|SlowDown/i, "it was asked too often. Try again in a while"],
];

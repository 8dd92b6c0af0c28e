"""The AWS account in which an operator's commands work: region and credentials of the environment."""

from __future__ import annotations

import os

import boto3

from local.steps import stop_with


def session() -> boto3.Session:
    """Give a session in the account; stops with a line that says what is missing.

    AWS_REGION counts, as it does for the AWS CLI; boto3 by itself reads AWS_DEFAULT_REGION only.
    """
    made = boto3.Session(region_name=os.environ.get("AWS_REGION") or None)
    if made.region_name is None:
        stop_with("in which region is the stack? export AWS_REGION=eu-west-1, or the one it is in")
    if made.get_credentials() is None:
        stop_with(
            "there are no credentials of an AWS account in the environment: aws configure, or aws sso login"
        )
    return made

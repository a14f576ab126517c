"""Which fields of LinkedIn's posts and comments are used, left alone by name, or change without making a version."""

from __future__ import annotations

_POST = frozenset(
    {
        "$URN",
        "author",
        "commentary",
        "commentary.text",
        "content",
        "content.article",
        "content.article.description",
        "content.article.source",
        "content.article.thumbnail",
        "content.article.title",
        "content.carousel",
        "content.carousel.cards",
        "content.carousel.cards.landingPage",
        "content.carousel.cards.media",
        "content.carousel.cards.media.altText",
        "content.carousel.cards.media.id",
        "content.carousel.cards.media.title",
        "content.media",
        "content.media.altText",
        "content.media.id",
        "content.media.media",
        "content.media.title",
        "content.multiImage",
        "content.multiImage.images",
        "content.multiImage.images.altText",
        "content.multiImage.images.id",
        "content.multiImage.images.media",
        "content.multiImage.images.title",
        "content.poll",
        "content.poll.options",
        "content.poll.options.text",
        "content.poll.question",
        "content.reference",
        "content.reference.id",
        "contentLandingPage",
        "created",
        "created.actor",
        "created.time",
        "createdAt",
        "firstPublishedAt",
        "id",
        "lastModified",
        "lastModified.actor",
        "lastModified.time",
        "lastModifiedAt",
        "lifecycleState",
        "lifecycleStateInfo",
        "lifecycleStateInfo.isEditedByAuthor",
        "publishedAt",
        "repostedContent",
        "reshareContext",
        "reshareContext.parent",
        "reshareContext.root",
        "visibility",
    }
)

_INLINE = frozenset(
    f"{above}.{kind}{field}"
    for above in ("content.media.media", "content.multiImage.images.media", "content.article.thumbnail")
    for kind in ("image", "video", "document")
    for field in ("", ".captions", ".captions.downloadUrl", ".downloadUrl", ".status")
) | {"content.article.thumbnail.downloadUrl", "content.article.thumbnail.status"}
"""Where the portability interface gives an attachment's address in the post itself."""

_COMMENT = frozenset(
    {
        "$URN",
        "actor",
        "author",
        "comment",
        "commentUrn",
        "content",
        "content.entity",
        "content.entity.digitalmediaAsset",
        "content.entity.image",
        "content.type",
        "content.url",
        "created",
        "created.time",
        "createdAt",
        "id",
        "lastModified",
        "lastModified.time",
        "lastModifiedAt",
        "message",
        "message.text",
        "object",
        "parentComment",
    }
)

_MESSAGE = frozenset(
    {
        "attachments",
        "attachments.downloadUrl",
        "attachments.id",
        "attachments.mediaType",
        "attachments.name",
        "attachments.url",
        "author",
        "body",
        "body.text",
        "created",
        "created.time",
        "createdAt",
        "deliveredAt",
        "from",
        "id",
        "message",
        "message.text",
        "sender",
        "subject",
        "text",
        "thread",
    }
)

IGNORED = frozenset(
    {
        "adContext.*",
        "agent",  # which administrator wrote in our organisation's name
        "clientApplication",
        "commentary.attributes.*",  # where the mentions stand; also in the text
        "content.article.thumbnailAltText",
        "content.celebration.*",
        "content.entity.article",
        "content.media.media.video.thumbnails.*",
        "content.multiImage.images.taggedEntities.*",
        "content.poll.settings.*",
        "contentCallToActionLabel",
        "contentCertificationRecord.*",
        "created.actor",
        "created.impersonator",
        "distribution.*",
        "isReshareDisabledByAuthor",
        "lastModified.actor",
        "lastModified.impersonator",
        "lifecycleStateInfo.contentStatus",
        "lifecycleStateInfo.reviewStatus",
        "message.attributes.*",
        "versionTag",
    }
)
"""Known and not interpreted."""

VOLATILE = frozenset(
    {
        "commentSummary.*",
        "commentSummary.count",
        "commentSummary.topLevelCount",
        "commentsSummary",
        "commentsSummary.aggregatedTotalComments",
        "commentsSummary.commentsState",
        "commentsSummary.selectedComments",
        "commentsSummary.totalFirstLevelComments",
        "content.article.thumbnail.downloadUrlExpiresAt",
        "content.media.media.document.downloadUrlExpiresAt",
        "content.media.media.image.downloadUrlExpiresAt",
        "content.media.media.video.captions.downloadUrlExpiresAt",
        "content.media.media.video.downloadUrlExpiresAt",
        "content.multiImage.images.media.image.downloadUrlExpiresAt",
        "content.poll.options.isVotedByViewer",
        "content.poll.options.voteCount",
        "content.poll.uniqueVotersCount",
        "likesSummary",
        "likesSummary.aggregatedTotalLikes",
        "likesSummary.likedByCurrentUser",
        "likesSummary.selectedLikes",
        "likesSummary.totalLikes",
        "reactionSummaries.*",
        "reactionSummaries.count",
    }
)
"""Change without making a version: counters, ends of addresses, and how we ourselves see the item."""

KNOWN = {
    "post": _POST | _INLINE | IGNORED | VOLATILE,
    "comment": _COMMENT | IGNORED | VOLATILE,
    "message": _MESSAGE | IGNORED | VOLATILE,
}
"""Every field that is known, by what it stands in."""

SOCIAL_KNOWN = frozenset(
    {"commentSummary.*", "commentsState", "entity", "likesSummary.*", "reactionSummaries.*", "commentsSummary.*"}
)
"""Of an item's social metadata."""
VIDEO_KNOWN = frozenset(
    {
        "aspectRatioHeight",
        "aspectRatioWidth",
        "captions.*",
        "downloadUrl",
        "downloadUrlExpiresAt",
        "duration",
        "id",
        "owner",
        "status",
        "thumbnail.*",
        "title",
    }
)
"""Of what LinkedIn says of a video."""

PROFILE_USED = frozenset(
    {
        "description",
        "id",
        "localizedDescription",
        "localizedName",
        "localizedTagline",
        "localizedWebsite",
        "name",
        "tagline",
        "vanityName",
        "website",
    }
)
PROFILE_IGNORED = frozenset(
    {
        "$URN",
        "alternativeNames.*",
        "autoCreated",
        "coverPhotoV2.*",
        "created.*",
        "defaultLocale.*",
        "deleted",
        "description.preferredLocale.*",
        "foundedOn.*",
        "groups.*",
        "industries.*",
        "lastModified.*",
        "locations.*",
        "localizedSpecialties.*",
        "logoV2.*",
        "name.preferredLocale.*",
        "organizationStatus",
        "organizationType",
        "primaryOrganizationType",
        "schoolAttributes.*",
        "specialties.*",
        "staffCountRange",
        "tagline.preferredLocale.*",
        "versionTag",
        "website.preferredLocale.*",
        "description.localized.*",
        "name.localized.*",
        "tagline.localized.*",
        "website.localized.*",
    }
)
"""Of our own organisation: known and not interpreted, or (``localized``) read whatever the language."""
PROFILE_KNOWN = PROFILE_USED | PROFILE_IGNORED

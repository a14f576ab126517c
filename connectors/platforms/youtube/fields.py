"""Which fields of YouTube's resources are used, left alone by name, or change without making a version."""

from __future__ import annotations

COUNTERS = {"viewCount": "views", "likeCount": "likes", "dislikeCount": "dislikes", "commentCount": "comments"}
"""Counter of a video to its name in our counts."""
CHANNEL_COUNTERS = {"viewCount": "views", "subscriberCount": "followers", "videoCount": "videos"}
"""Counter of a channel to its name in our counts."""

BASIC_PARTS = "snippet,contentDetails,status,statistics"
MORE_PARTS = (
    "localizations,recordingDetails,liveStreamingDetails,paidProductPlacementDetails,fileDetails,processingDetails"
)
CHANNEL_PARTS = "contentDetails,snippet,statistics,status,brandingSettings"
UPLOAD_PARTS = "snippet,contentDetails,status"

THUMBNAILS = ("maxres", "uhd", "qhd", "fhd", "standard", "high", "medium", "default")
"""Sizes of a thumbnail, the one that is kept first."""


def _below(above: str, *names: str) -> frozenset[str]:
    return frozenset({above, *(f"{above}.{name}" for name in names)})


_PICTURES = frozenset(
    {
        "snippet.thumbnails",
        *(f"snippet.thumbnails.{size}" for size in (*THUMBNAILS, "shortsAspectRatio")),
        *(
            f"snippet.thumbnails.{size}.{name}"
            for size in (*THUMBNAILS, "shortsAspectRatio")
            for name in ("url", "width", "height")
        ),
    }
)
_ENVELOPE = frozenset({"kind", "etag", "id"})

VIDEO_USED = (
    _below("contentDetails", "caption", "duration")
    | _below(
        "snippet",
        "categoryId",
        "channelId",
        "channelTitle",
        "defaultAudioLanguage",
        "defaultLanguage",
        "description",
        "publishedAt",
        "tags",
        "title",
    )
    | _below(
        "status",
        "containsSyntheticMedia",
        "embeddable",
        "license",
        "madeForKids",
        "privacyStatus",
        "publishAt",
        "rejectionReason",
        "selfDeclaredMadeForKids",
        "uploadStatus",
    )
    | _below("paidProductPlacementDetails", "hasPaidProductPlacement")
    | _below("recordingDetails", "location", "locationDescription", "recordingDate")
    | _below("recordingDetails.location", "altitude", "latitude", "longitude")
    | _PICTURES
    | {"localizations.*", "statistics", "liveStreamingDetails"}
)
VIDEO_VOLATILE = frozenset(
    {
        "etag",
        "liveStreamingDetails.activeLiveChatId",
        "liveStreamingDetails.concurrentViewers",
        "processingDetails.*",
        "statistics.commentCount",
        "statistics.dislikeCount",
        "statistics.favoriteCount",
        "statistics.likeCount",
        "statistics.viewCount",
    }
)
VIDEO_IGNORED = frozenset(
    {
        "ageGating.*",
        "brandPartner.*",
        "contentDetails.contentRating.*",
        "contentDetails.countryRestriction.*",
        "contentDetails.definition",
        "contentDetails.dimension",
        "contentDetails.hasCustomThumbnail",
        "contentDetails.licensedContent",  # claimed by a partner
        "contentDetails.projection",
        "contentDetails.regionRestriction.*",
        "fileDetails.*",  # the uploaded file's properties; they stay in the payload
        "liveStreamingDetails.actualEndTime",
        "liveStreamingDetails.actualStartTime",
        "liveStreamingDetails.scheduledEndTime",
        "liveStreamingDetails.scheduledStartTime",
        "monetizationDetails.*",
        "player.*",  # how to show it on a page
        "projectDetails.*",
        "snippet.liveBroadcastContent",
        "snippet.localized.*",  # title and description again
        "status.failureReason",
        "status.publicStatsViewable",
        "suggestions.*",
        "topicDetails.*",  # what YouTube takes it to be about
    }
)
VIDEO = VIDEO_USED | VIDEO_VOLATILE | VIDEO_IGNORED | _ENVELOPE

COMMENT_VOLATILE = frozenset({"etag", "snippet.canRate", "snippet.likeCount", "snippet.viewerRating"})
COMMENT_IGNORED = frozenset(
    {
        "snippet.authorChannelUrl",  # a visitor's profile is not ours to keep; name and id are
        "snippet.authorProfileImageUrl",
        "snippet.channelId",  # ours
        "snippet.textDisplay",  # the text once more where the text as written is given
    }
)
COMMENT = (
    COMMENT_VOLATILE
    | COMMENT_IGNORED
    | _ENVELOPE
    | _below(
        "snippet",
        "authorChannelId",
        "authorChannelId.value",
        "authorDisplayName",
        "imageUrl",
        "moderationStatus",
        "parentId",
        "publishedAt",
        "textOriginal",
        "updatedAt",
        "videoId",
    )
)
THREAD_VOLATILE = frozenset({"snippet.canReply", "snippet.totalReplyCount"})
THREAD = (
    THREAD_VOLATILE
    | _ENVELOPE
    | _below("snippet", "channelId", "isPublic", "topLevelComment.*", "videoId")
    | {"replies", "replies.comments.*"}
)

CHANNEL_VOLATILE = frozenset(
    {
        "etag",
        "statistics.commentCount",
        "statistics.hiddenSubscriberCount",
        "statistics.subscriberCount",
        "statistics.videoCount",
        "statistics.viewCount",
    }
)
_OLD_BANNERS = (
    "backgroundImageUrl.* bannerImageUrl bannerMobileExtraHdImageUrl bannerMobileHdImageUrl bannerMobileImageUrl "
    "bannerMobileLowImageUrl bannerMobileMediumHdImageUrl bannerTabletExtraHdImageUrl bannerTabletHdImageUrl "
    "bannerTabletImageUrl bannerTabletLowImageUrl bannerTvHighImageUrl bannerTvImageUrl bannerTvLowImageUrl "
    "bannerTvMediumImageUrl largeBrandedBannerImageImapScript.* largeBrandedBannerImageUrl.* "
    "smallBrandedBannerImageImapScript.* smallBrandedBannerImageUrl.* trackingImageUrl watchIconImageUrl"
)
"""Sizes and forms of the channel's banner beside the one that is kept."""
CHANNEL_IGNORED = frozenset(
    {
        *(f"brandingSettings.image.{name}" for name in _OLD_BANNERS.split()),
        "auditDetails.*",
        "brandingSettings.channel.defaultTab",
        "brandingSettings.channel.description",
        "brandingSettings.channel.featuredChannelsTitle",
        "brandingSettings.channel.featuredChannelsUrls",
        "brandingSettings.channel.moderateComments",
        "brandingSettings.channel.profileColor",
        "brandingSettings.channel.showBrowseView",
        "brandingSettings.channel.showRelatedChannels",
        "brandingSettings.channel.title",
        "brandingSettings.channel.trackingAnalyticsAccountId",
        "brandingSettings.channel.unsubscribedTrailer",
        "brandingSettings.hints.*",
        "brandingSettings.watch.*",
        "contentDetails.*",  # lists that are made of the uploads
        "contentOwnerDetails.*",
        "conversionPings.*",
        "localizations.*",
        "snippet.localized.*",
        "status.*",
        "topicDetails.*",
    }
)
CHANNEL = (
    CHANNEL_VOLATILE
    | CHANNEL_IGNORED
    | _ENVELOPE
    | _below(
        "snippet",
        "country",
        "customUrl",
        "defaultLanguage",
        "description",
        "publishedAt",
        "title",
    )
    | _below(
        "brandingSettings",
        "channel",
        "channel.country",
        "channel.defaultLanguage",
        "channel.keywords",
        "image",
        "image.bannerExternalUrl",
    )
    | _PICTURES
    | {"statistics"}
)

TRACK = _ENVELOPE | _below(
    "snippet",
    "audioTrackType",
    "failureReason",
    "isAutoSynced",
    "isCC",
    "isDraft",
    "isEasyReader",
    "isLarge",
    "language",
    "lastUpdated",
    "name",
    "status",
    "trackKind",
    "videoId",
)

UPLOAD = _ENVELOPE | {"snippet.*", "contentDetails.*", "status.*"}
"""An entry of the uploads playlist tells the video's id and time; the video itself tells the rest."""

IGNORED = VIDEO_IGNORED | COMMENT_IGNORED | CHANNEL_IGNORED
VOLATILE = VIDEO_VOLATILE | COMMENT_VOLATILE | THREAD_VOLATILE | CHANNEL_VOLATILE

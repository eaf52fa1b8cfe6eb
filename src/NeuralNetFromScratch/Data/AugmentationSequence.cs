namespace NeuralNetFromScratch;

/// <summary>A sequence of augmentations, each with separate random numbers: <c>first.Then(next)</c>.</summary>
public sealed class AugmentationSequence : Augmentation, IPart<AugmentationSequence>
{
    private readonly Augmentation _first, _next;

    internal AugmentationSequence(Augmentation first, Augmentation next)
        : this(new Settings(Kind, new("first", first), new("next", next)))
    {
    }

    private AugmentationSequence(Settings settings)
        : base(settings) => (_first, _next) = (settings.Get<Augmentation>("first"), settings.Get<Augmentation>("next"));

    /// <summary>The kind of part: "augmentation-sequence".</summary>
    public static string Kind => "augmentation-sequence";

    /// <summary>Reads the augmentation from its settings.</summary>
    /// <param name="settings">As a file has them.</param>
    public static AugmentationSequence Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override void Check(Shape sampleShape)
    {
        _first.Check(sampleShape);
        _next.Check(sampleShape);
    }

    /// <inheritdoc/>
    public override int ScratchLength(Shape sampleShape) =>
        checked(sampleShape.ElementCount + Math.Max(_first.ScratchLength(sampleShape), _next.ScratchLength(sampleShape)));

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<float> sample, Shape sampleShape, Span<float> result, RandomSource random, Span<float> scratch)
    {
        Span<float> between = scratch[..sampleShape.ElementCount], rest = scratch[sampleShape.ElementCount..];
        _first.Apply(sample, sampleShape, between, random.Fork(0), rest);
        _next.Apply(between, sampleShape, result, random.Fork(1), rest);
    }
}

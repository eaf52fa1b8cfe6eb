
namespace NeuralNetFromScratch.Published;

/// <summary>A data set whose pixels are in another order, the same for all samples: nothing can be learned from which are neighbours.</summary>
internal sealed class PermutedPixels : Dataset
{
    private const ulong Seed = 1;

    private readonly Dataset _source;
    private readonly int[] _places;

    private PermutedPixels(Dataset source)
    {
        _source = source;
        _places = [.. Enumerable.Range(0, source.SampleShape.ElementCount)];
        new RandomSource(Seed).Shuffle(_places);
    }

    public override int Count => _source.Count;

    public override Shape SampleShape => [_places.Length];

    public override int ClassCount => _source.ClassCount;

    public static PermutedPixels Of(Dataset source) => new(source);

    public override int GetLabel(int index) => _source.GetLabel(index);

    public override void CopyFeatures(int index, Span<float> features)
    {
        Span<float> original = stackalloc float[_places.Length];
        _source.CopyFeatures(index, original);
        for (int i = 0; i < _places.Length; i++)
            features[i] = original[_places[i]];
    }
}

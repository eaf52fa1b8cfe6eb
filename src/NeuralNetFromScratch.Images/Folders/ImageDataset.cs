using System.Security.Cryptography;

namespace NeuralNetFromScratch.Images;

/// <summary>Prepared images as bytes, read as 0 to 1. An image that is not in memory is decoded each time it is read.</summary>
internal sealed class ImageDataset(
    ImagePreparation preparation, string[] files, int[] labels, int classCount, byte[][] kept, byte[][] digests, long maxPixels) : Dataset
{
    private const float Scale = 1f / byte.MaxValue;

    public override int Count => files.Length;

    public override Shape SampleShape { get; } = preparation.Shape;

    public override int ClassCount => classCount;

    public static byte[] Decode(string path, ImagePreparation preparation, long maxPixels) =>
        preparation.Apply(RgbaImage.Load(path, new ImageLoadOptions { MaxPixels = maxPixels, ReduceTo = preparation.DecodedSide }));

    public override int GetLabel(int index) => labels[index];

    public override void CopyFeatures(int index, Span<float> features)
    {
        byte[] pixels = kept[index].Length > 0 ? kept[index] : Decode(files[index], preparation, maxPixels);
        for (int i = 0; i < pixels.Length; i++)
            features[i] = pixels[i] * Scale;
    }

    public override string GetFingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int i = 0; i < labels.Length; i++)
        {
            hash.AppendData(digests[i]);
            hash.AppendData(BitConverter.GetBytes(labels[i]));
        }

        return $"{SampleShape} {classCount} {Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace NeuralNetFromScratch;

/// <summary>Samples in an array of bytes, which become <c>pixel · scale</c> as they are read.</summary>
internal sealed class ByteDataset(byte[] pixels, Shape sampleShape, byte[] labels, int classes, float scale) : Dataset
{
    public override int Count => labels.Length;

    public override Shape SampleShape => sampleShape;

    public override int Classes => classes;

    public override int Label(int index) => labels[index];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void CopySample(int index, Span<float> features) =>
        Scale(pixels.AsSpan(index * sampleShape.ElementCount, sampleShape.ElementCount), features[..sampleShape.ElementCount], scale);

    /// <summary>Shuffled samples lie anywhere in memory: without this, each waits for its first bytes.</summary>
    internal override unsafe void Prefetch(int index)
    {
        const int CacheLine = 64;
        if (!Sse.IsSupported)
            return;
        ref byte sample = ref pixels[index * sampleShape.ElementCount];
        for (int offset = 0; offset < sampleShape.ElementCount; offset += CacheLine)
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref sample, offset)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scale(ReadOnlySpan<byte> bytes, Span<float> features, float scale)
    {
        ref byte source = ref MemoryMarshal.GetReference(bytes);
        ref float destination = ref MemoryMarshal.GetReference(features);
        int i = 0;
        for (; i <= bytes.Length - Vector128<byte>.Count; i += Vector128<byte>.Count)
        {
            (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.LoadUnsafe(ref source, (nuint)i));
            Scale(low, ref destination, i, scale);
            Scale(high, ref destination, i + Vector128<ushort>.Count, scale);
        }

        for (; i < bytes.Length; i++)
            features[i] = bytes[i] * scale;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scale(Vector128<ushort> eight, ref float destination, int start, float scale)
    {
        Vector256<int> wide = Vector256.WidenLower(eight.ToVector256Unsafe()).AsInt32();
        (Vector256.ConvertToSingle(wide) * scale).StoreUnsafe(ref destination, (nuint)start);
    }
}

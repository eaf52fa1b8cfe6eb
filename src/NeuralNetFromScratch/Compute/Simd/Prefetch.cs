using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace NeuralNetFromScratch.Compute;

/// <summary>Prefetches memory into the cache. It does not affect results, and has no effect on processors for which .NET has no such instruction.</summary>
internal static unsafe class Prefetch
{
    private const int CacheLine = 64;

    /// <summary>Asks for some floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Floats(float* first, int count) => Lines((byte*)first, count * sizeof(float));

    /// <summary>Asks for some bytes.</summary>
    public static void Bytes(ReadOnlySpan<byte> bytes) => Lines((byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes)), bytes.Length);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Lines(byte* first, int length)
    {
        if (!Sse.IsSupported)
            return;
        for (int offset = 0; offset < length; offset += CacheLine)
            Sse.Prefetch0(first + offset);
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>Arrays that the garbage collector does not move, with a cache-line-aligned part.</summary>
internal static unsafe class AlignedMemory
{
    /// <summary>A cache line in floats.</summary>
    public const int Alignment = 16;

    /// <summary>Zeros with room for <paramref name="length"/> aligned floats.</summary>
    public static float[] Allocate(int length) => GC.AllocateArray<float>(length + Alignment, pinned: true);

    /// <summary>Returns the first aligned element of an array from <see cref="Allocate"/>.</summary>
    public static float* Align(float[] pinned) => Align((float*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned)));

    /// <summary>Returns the index of the first aligned element of an array from <see cref="Allocate"/>.</summary>
    public static int AlignedStart(float[] pinned) =>
        (int)(Align(pinned) - (float*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned)));

    /// <summary>Returns the first cache line that starts at or after an address.</summary>
    public static float* Align(float* address)
    {
        nuint line = Alignment * sizeof(float);
        return (float*)(((nuint)address + line - 1) / line * line);
    }

    /// <summary>A length rounded up to whole cache lines.</summary>
    public static int RoundUp(int length) => checked(length + Alignment - 1) / Alignment * Alignment;
}

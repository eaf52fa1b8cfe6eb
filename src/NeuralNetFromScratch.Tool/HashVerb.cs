using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace NeuralNetFromScratch.Tool;

/// <summary>
/// The verb <c>hash</c>: prints the SHA-256 of the parameters and of the file of a saved network. Two machines that trained with the same version, program, data and
/// seed print the same lines. A checkpoint also contains durations, so that only its parameters are comparable.
/// </summary>
internal static class HashVerb
{
    public static int Run(string model)
    {
        UserFile.CheckReadable(model);
        Sequential network = Sequential.Load(model);
        using FileStream file = File.OpenRead(model);
        Console.WriteLine($"parameters  {Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(network.Parameters.Values)))}");
        Console.WriteLine($"file        {Convert.ToHexStringLower(SHA256.HashData(file))}");
        return ExitCode.Success;
    }
}
